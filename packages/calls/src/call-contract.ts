import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import type { z } from 'zod';

/**
 * An internal call: a signed, batched question of one subgraph to another. The viewer is never an argument, it travels in the assertion.
 */
export interface CallContract<Input extends z.ZodType, Output extends z.ZodType> {
  readonly owner: SubgraphName;
  /** `content.visiblePosts` */
  readonly name: string;
  readonly input: Input;
  readonly output: Output;
}

export function defineCall<Input extends z.ZodType, Output extends z.ZodType>(
  owner: SubgraphName,
  verb: string,
  shapes: { readonly input: Input; readonly output: Output },
): CallContract<Input, Output> {
  return { owner, name: `${owner}.${verb}`, ...shapes };
}

/** At most so many ids in one call: an owner's work for one question is bounded. */
export const MAX_IDS_PER_CALL = 1_000;
