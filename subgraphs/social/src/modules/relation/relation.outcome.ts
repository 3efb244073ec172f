import type { FieldError } from '@plaza/kernel/field-errors';

/** What became of a change that concerns one person. */
export type Outcome = { readonly kind: 'done' } | { readonly kind: 'missing' };

/** {@link Outcome} of a change whose input has rules. */
export type CheckedOutcome = Outcome | { readonly kind: 'invalid'; readonly fields: readonly FieldError[] };

export const DONE = { kind: 'done' } as const;
export const MISSING = { kind: 'missing' } as const;
