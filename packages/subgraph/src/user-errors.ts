import type { FieldError } from '@plaza/kernel/field-errors';

/** A broken rule (`ValidationError` of schema/shared.graphql), told in the same words by every subgraph. */
export const invalid = (fields: readonly FieldError[]) =>
  ({ __typename: 'ValidationError', code: 'VALIDATION', message: 'The input breaks a rule.', fields }) as const;

/** The same idempotency key with another input (`IdempotencyConflictError`). */
export const keyConflict = () =>
  ({
    __typename: 'IdempotencyConflictError',
    code: 'IDEMPOTENCY_CONFLICT',
    message: 'This idempotency key came with another input.',
  }) as const;
