import type { FieldError } from '@plaza/kernel/field-errors';

/** A broken rule is told in the same words by every module. */
export const invalidInput = (fields: readonly FieldError[]) => ({
  __typename: 'ValidationError' as const,
  code: 'VALIDATION',
  message: 'The input breaks a rule.',
  fields,
});
