import type { CallContract } from '@plaza/calls/call-contract';
import type { z } from 'zod';
import type { RequestScope } from './request-scope.js';

/** The owner's side of an internal call. */
export interface CallHandler {
  readonly name: string;
  readonly handle: (input: unknown, scope: RequestScope) => Promise<unknown>;
}

/** `answer(visiblePosts, async ({ postIds }, scope) => …)`: the input is checked against its contract first. */
export function answer<Input extends z.ZodType, Output extends z.ZodType>(
  contract: CallContract<Input, Output>,
  handle: (input: z.output<Input>, scope: RequestScope) => Promise<z.input<Output>>,
): CallHandler {
  return { name: contract.name, handle: (input, scope) => handle(contract.input.parse(input), scope) };
}
