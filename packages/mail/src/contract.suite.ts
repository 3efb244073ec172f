import PostalMime, { type Email } from 'postal-mime';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Mail, MailPort } from './mail.js';

/** A way out of the house, and what came out of it. */
export interface MailUnderTest {
  readonly mail: MailPort;
  /** The bytes of every mail that arrived. */
  readonly arrived: () => Promise<readonly Buffer[]>;
  readonly close: () => Promise<void>;
}

export const FROM = 'Plaza <plaza@example.org>';
let count = 0;

export function aMail(more: Partial<Mail> = {}): Mail {
  count += 1;
  return { to: 'anna@example.org', subject: 'Hello', text: 'Hello, Anna.\n', messageId: `<mail-${count}@example.org>`, ...more };
}

const header = (mail: Email, name: string): string | undefined => mail.headers.find(({ key }) => key === name.toLowerCase())?.value;

/** What every way of sending mail does. */
export function describeMail(open: () => Promise<MailUnderTest>): void {
  let world: MailUnderTest;
  beforeEach(async () => {
    world = await open();
  });
  afterEach(() => world.close());

  const arrived = async (): Promise<readonly Email[]> =>
    Promise.all((await world.arrived()).map((bytes) => PostalMime.parse(new Uint8Array(bytes))));
  async function theOne(): Promise<Email> {
    const mails = await arrived();
    expect(mails).toHaveLength(1);
    const [mail] = mails;
    if (mail === undefined) throw new Error('nothing arrived');
    return mail;
  }

  it('brings words, form and headers as they were given, in any script', async () => {
    const sent = aMail({
      subject: 'Chào Anna, có tin mới — 你好',
      text: 'Một dòng.\nHai dòng: https://example.org/?a=1&b=2\n',
      html: '<p>Một dòng &amp; <b>hai</b></p>',
      headers: { 'List-Unsubscribe': '<https://example.org/u>', 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
    });
    expect(await world.mail.send(sent)).toEqual({ kind: 'taken' });

    const mail = await theOne();
    expect(mail).toMatchObject({
      from: { name: 'Plaza', address: 'plaza@example.org' },
      to: [{ address: 'anna@example.org' }],
      subject: sent.subject,
      messageId: sent.messageId,
    });
    expect(mail.text?.trim()).toBe(sent.text.trim());
    expect(mail.html?.trim()).toBe(sent.html);
    expect(header(mail, 'List-Unsubscribe')).toBe('<https://example.org/u>');
    expect(header(mail, 'List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click');
    expect(header(mail, 'Auto-Submitted')).toBe('auto-generated');
    expect(new Date(mail.date ?? '').getTime()).not.toBeNaN();
  });

  it('needs no HTML', async () => {
    await world.mail.send(aMail({ text: 'Only words.' }));
    const mail = await theOne();
    expect(mail.text?.trim()).toBe('Only words.');
    expect(mail.html).toBeUndefined();
  });

  it('keeps lines that begin with a dot, are empty or go on for ever', async () => {
    const text = `.\n..two\n\n${'long '.repeat(600)}end\n.`;
    await world.mail.send(aMail({ text }));
    expect((await theOne()).text?.trim()).toBe(text.trim());
  });

  it('lets nothing that is written into a field become a header or a recipient', async () => {
    await world.mail
      .send(
        aMail({
          to: 'anna@example.org\r\nBcc: eve@example.org',
          subject: 'Hello\r\nBcc: eve@example.org\r\n\r\nNot the body',
          headers: { 'X-Note': 'a\r\nBcc: eve@example.org' },
        }),
      )
      .catch(() => undefined); // an address like this may also be refused
    for (const mail of await arrived()) {
      expect(header(mail, 'Bcc')).toBeUndefined();
      expect(mail.text?.trim()).toBe('Hello, Anna.');
    }
  });

  it('sends a mail again under the Message-ID that it had', async () => {
    const mail = aMail();
    await world.mail.send(mail);
    await world.mail.send(mail);
    const ids = new Set((await arrived()).map(({ messageId }) => messageId));
    expect([...ids]).toEqual([mail.messageId]);
  });

  it('takes many at once', async () => {
    const mails = Array.from({ length: 20 }, (_, n) => aMail({ subject: `Number ${n}` }));
    await Promise.all(mails.map((mail) => world.mail.send(mail)));
    expect(new Set((await arrived()).map(({ subject }) => subject))).toEqual(new Set(mails.map(({ subject }) => subject)));
  });
}
