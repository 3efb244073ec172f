import type { FieldError } from '@plaza/kernel/field-errors';

/** PostgreSQL keeps every text but this character. */
export const isText = (text: string): boolean => !text.includes('\0');

/** Undoes a transaction that has found a broken rule. */
export class Refused extends Error {
  readonly fields: readonly FieldError[];

  constructor(fields: readonly FieldError[]) {
    super('refused');
    this.fields = fields;
  }
}

/** What a {@link Refused} transaction comes to. */
export function refusal(error: unknown): { readonly kind: 'invalid'; readonly fields: readonly FieldError[] } {
  if (error instanceof Refused) return { kind: 'invalid', fields: error.fields };
  throw error;
}
