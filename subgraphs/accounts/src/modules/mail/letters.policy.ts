import type { Letter } from '@plaza/mail/letter';
import type { MailPurpose } from '../../tokens/mail-tokens.js';

/** To whom it goes and by what they act. Only the handle is said of a person: other words of theirs would be a stranger's words in our mail. */
export interface TokenLetter {
  readonly handle: string;
  readonly url: string;
  readonly token: string;
}

const NOT_YOU = 'If this was not you, you need not do anything.';
const footer = (handle: string): readonly string[] => [`Plaza wrote to this address because of the account @${handle}.`];

/** One letter for each purpose of a token. */
export const TOKEN_LETTERS: Readonly<Record<MailPurpose, (letter: TokenLetter) => Letter>> = {
  VERIFY_EMAIL: ({ handle, url, token }) => ({
    subject: 'Confirm your e-mail address',
    paragraphs: [`Hello @${handle},`, 'please confirm that this is your address. The link works once, within a day.', NOT_YOU],
    action: { label: 'Confirm this address', url },
    code: token,
    footer: footer(handle),
  }),
  RESET_PASSWORD: ({ handle, url, token }) => ({
    subject: 'Set a new password',
    paragraphs: [
      `Hello @${handle},`,
      'somebody asked for a new password for your account. The link works once, within an hour, and signs you out everywhere.',
      `${NOT_YOU} Your password stays as it is.`,
    ],
    action: { label: 'Set a new password', url },
    code: token,
    footer: footer(handle),
  }),
  CONFIRM_EMAIL: ({ handle, url, token }) => ({
    subject: 'Confirm your new e-mail address',
    paragraphs: [
      `Hello @${handle},`,
      'please confirm that this is to be your address from now on. The link works once, within a day.',
      NOT_YOU,
    ],
    action: { label: 'Use this address', url },
    code: token,
    footer: footer(handle),
  }),
  UNDO_EMAIL: ({ handle, url, token }) => ({
    subject: 'Your e-mail address is being changed',
    paragraphs: [
      `Hello @${handle},`,
      'somebody who knows your password asked to change the e-mail address of your account. If this was you, you need not do anything.',
      'If it was not, keep this address: everybody is signed out, and you set a new password. The link works once, within seven days, also after the change.',
    ],
    action: { label: 'Keep this address', url },
    code: token,
    footer: footer(handle),
  }),
};

/** Instead of CONFIRM_EMAIL, to the owner of an address that somebody else wanted. */
export const addressInUse = (handle: string): Letter => ({
  subject: 'Your e-mail address',
  paragraphs: [
    `Hello @${handle},`,
    'somebody asked to use this address for another account. It belongs to yours, so nothing was changed, and they were not told.',
    'If this was you, change the address of this account first.',
  ],
  footer: footer(handle),
});

export const passwordChanged = (handle: string): Letter => ({
  subject: 'Your password was changed',
  paragraphs: [
    `Hello @${handle},`,
    'the password of your account was changed, and everybody was signed out.',
    'If this was not you, ask for a new password and change the password of your mailbox.',
  ],
  footer: footer(handle),
});
