import MailComposer, { type MailComposerOptions } from 'nodemailer/lib/mail-composer';
import type { Mail } from './mail.js';

/** The fields of a message; what belongs into one line is brought into one. `from`: `Plaza <plaza@example.org>`. */
export function messageOf({ to, subject, text, html, messageId, headers = {} }: Mail, from: string): MailComposerOptions {
  return {
    from,
    // An object, so that a comma or an angle in it never makes two recipients.
    to: { name: '', address: oneLine(to) },
    subject: oneLine(subject),
    text,
    ...(html !== undefined && { html }),
    messageId,
    headers: {
      // No holiday notes, please (RFC 3834).
      'Auto-Submitted': 'auto-generated',
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, oneLine(value)])),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** The bytes of a message (RFC 5322). */
export function bytesOf(mail: Mail, from: string): Promise<Buffer> {
  return new MailComposer(messageOf(mail, from)).compile().build();
}

export const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
