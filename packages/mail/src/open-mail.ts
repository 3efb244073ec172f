import { join } from 'node:path';
import { z } from 'zod';
import { FolderMail } from './folder-mail.js';
import type { MailPort } from './mail.js';
import { SmtpMail } from './smtp-mail.js';

/** How mail leaves. */
export interface MailSettings {
  /** Undefined: it is kept in the folder `mail` of the data folder. */
  readonly smtpUrl: string | undefined;
  /** `Plaza <plaza@example.org>` */
  readonly from: string;
}

const FROM = /^(?:[^<>\r\n]{0,100}<)?[^\s<>@]+@([^\s<>@]+)>?$/u;

const Environment = z.object({
  SMTP_URL: z.url({ protocol: /^smtps?$/u, error: 'must be an address that begins with smtp:// or smtps://' }).optional(),
  MAIL_FROM: z.string().regex(FROM, 'must be an address, or a name and <an address>').optional(),
});

/** Reads SMTP_URL and MAIL_FROM; what is empty counts as not set. @throws Error with one line that names the variable and not its value. */
export function readMailSettings(environment: Readonly<Record<string, string | undefined>>): MailSettings {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = Environment.safeParse(set);
  if (!parsed.success) throw new Error(`${String(parsed.error.issues[0]?.path[0])} ${parsed.error.issues[0]?.message ?? 'is wrong'}`);
  const { SMTP_URL: smtpUrl, MAIL_FROM: from } = parsed.data;
  if (smtpUrl !== undefined && from === undefined) throw new Error('MAIL_FROM must be set with SMTP_URL');
  return { smtpUrl, from: from ?? 'Plaza <plaza@localhost>' };
}

/** Where mail is kept that nobody sends. */
export const mailFolder = (dataDir: string, { from }: MailSettings): FolderMail => new FolderMail(join(dataDir, 'mail'), from);

export function openMail(dataDir: string, settings: MailSettings): MailPort {
  return settings.smtpUrl === undefined ? mailFolder(dataDir, settings) : new SmtpMail(settings.smtpUrl, settings.from);
}

/** What stands behind @ in Message-IDs: the sender's domain. */
export const mailDomain = ({ from }: MailSettings): string => FROM.exec(from)?.[1] ?? 'localhost';
