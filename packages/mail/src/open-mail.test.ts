import { expect, it } from 'vitest';
import { FolderMail } from './folder-mail.js';
import { mailDomain, openMail, readMailSettings } from './open-mail.js';
import { SmtpMail } from './smtp-mail.js';

it('keeps mail in a folder unless a server is named', async () => {
  const folder = readMailSettings({ SMTP_URL: '' });
  expect(openMail('/nowhere', folder)).toBeInstanceOf(FolderMail);
  expect(mailDomain(folder)).toBe('localhost');
  const server = readMailSettings({ SMTP_URL: 'smtps://me:secret@mail.example.org', MAIL_FROM: 'Plaza <hello@plaza.example>' });
  const mail = openMail('/nowhere', server);
  expect(mail).toBeInstanceOf(SmtpMail);
  await mail.close();
  expect(mailDomain(server)).toBe('plaza.example');
});

it.each([
  [{ SMTP_URL: 'https://me:secret@mail.example.org', MAIL_FROM: 'a@b.example' }, 'SMTP_URL'],
  [{ SMTP_URL: 'smtp://me:secret@mail.example.org' }, 'MAIL_FROM must be set'],
  [{ MAIL_FROM: 'nobody' }, 'MAIL_FROM'],
  [{ MAIL_FROM: 'a@b.example\r\nBcc: c@d.example' }, 'MAIL_FROM'],
])('refuses %j in one line that names the variable and not the secret', (environment, says) => {
  expect(() => readMailSettings(environment)).toThrow(says);
  expect(() => readMailSettings(environment)).not.toThrow('secret');
});
