import type { MailPurpose } from '../../tokens/mail-tokens.js';

const HOUR_MS = 3_600_000;

/** How long a token is good for. */
export const LIFE_MS: Readonly<Record<MailPurpose, number>> = {
  VERIFY_EMAIL: 24 * HOUR_MS,
  RESET_PASSWORD: HOUR_MS,
  CONFIRM_EMAIL: 24 * HOUR_MS,
  // Whoever is away for a weekend must still be able to come back.
  UNDO_EMAIL: 7 * 24 * HOUR_MS,
};

/** What accounts writes about. */
export const MAIL_KINDS = ['VERIFY_EMAIL', 'RESET_PASSWORD', 'CONFIRM_EMAIL', 'UNDO_EMAIL', 'PASSWORD_CHANGED'] as const;
export type MailKind = (typeof MAIL_KINDS)[number];

export const mailKindOf = (text: string): MailKind | null => MAIL_KINDS.find((kind) => kind === text) ?? null;

/** The page on which a token of each purpose is used: a word of its address. */
export const PAGES: Readonly<Record<MailPurpose, string>> = {
  VERIFY_EMAIL: 'verify-email',
  RESET_PASSWORD: 'reset-password',
  CONFIRM_EMAIL: 'confirm-email',
  UNDO_EMAIL: 'undo-email-change',
};
