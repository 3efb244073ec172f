import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import { z } from 'zod';

/**
 * The only kinds of fields that an event may have: ids, revisions, enums, times, flags. No text and nothing personal, so that events can be
 * kept, replayed and never need erasing. A consumer that needs more asks the owner by ids.
 */
export const field = {
  id: () => z.uuid(),
  ids: (max: number) => z.array(z.uuid()).max(max),
  revision: () => z.number().int().positive(),
  instant: () => z.iso.datetime(),
  flag: () => z.boolean(),
  oneOf: <const T extends readonly [string, ...string[]]>(values: T) => z.enum(values),
  /** A BCP 47 tag, a closed vocabulary. */
  language: () => z.string().regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/),
};

/** A fact that one subgraph publishes; `key` is the field whose value keys the order. Contracts only grow: a field that is added later is optional. */
export function defineEvent<const Type extends string, Shape extends z.ZodObject>(
  owner: SubgraphName,
  type: Type,
  key: string & keyof Shape['shape'],
  shape: Shape,
): { readonly owner: SubgraphName; readonly type: Type; readonly shape: Shape; readonly key: string } {
  return { owner, type, shape, key };
}

/** The payload of a contract. */
export type PayloadOf<Contract extends { readonly shape: z.ZodType }> = z.infer<Contract['shape']>;
