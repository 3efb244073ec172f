import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { escapeHtml, type Letter, render } from './letter.js';
import { bytesOf } from './message.js';

const letter = (more: Partial<Letter> = {}): Letter => ({
  subject: 'Hello',
  paragraphs: ['Hello @anna,', 'two\nlines'],
  action: { label: 'Go', url: 'https://plaza.test/go?a=1&b=2' },
  code: 'abc',
  footer: ['Why this came.'],
  ...more,
});

describe('a letter', () => {
  it('says the same as text and as HTML', () => {
    const { subject, text, html } = render(letter());
    expect(subject).toBe('Hello');
    expect(text).toBe('Hello @anna,\n\ntwo\nlines\n\nGo:\nhttps://plaza.test/go?a=1&b=2\n\nabc\n\n-- \nWhy this came.\n');
    expect(html).toContain('<a href="https://plaza.test/go?a=1&#38;b=2"');
    expect(html).toContain('two<br>lines');
  });

  it('shows what looks like markup as it is', () => {
    const evil = '<img src=x onerror=alert(1)> & "quotes" \'too\'';
    const { html } = render(
      letter({ subject: evil, paragraphs: [evil], action: { label: evil, url: 'https://plaza.test' }, code: evil, footer: [evil] }),
    );
    expect(html).not.toContain('<img');
    expect(html.split(escapeHtml(evil))).toHaveLength(6);
  });

  it('has one line for a subject, whatever was put into it', () => {
    expect(render(letter({ subject: 'a\r\nBcc: eve@example.org\u2028b' })).subject).toBe('a Bcc: eve@example.org b');
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', '//elsewhere.example', ''])('links to %j never', (url) => {
    expect(() => render(letter({ action: { label: 'Go', url } }))).toThrow('http');
  });

  it('never becomes another message, whatever is said in it', async () => {
    const anything = fc.string({ unit: 'grapheme', maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(anything, anything, anything, async (subject, paragraph, code) => {
        const rendered = render(letter({ subject: `s${subject}`, paragraphs: [paragraph], code }));
        const bytes = await bytesOf({ ...rendered, to: 'anna@example.org', messageId: '<a@plaza.test>' }, 'Plaza <plaza@example.org>');
        const mail = await PostalMime.parse(new Uint8Array(bytes));
        expect(mail.to).toEqual([{ address: 'anna@example.org', name: '' }]);
        expect(mail.messageId).toBe('<a@plaza.test>');
        expect(mail.headers.map(({ key }) => key).toSorted()).toEqual([
          'auto-submitted',
          'content-type',
          'date',
          'from',
          'message-id',
          'mime-version',
          'subject',
          'to',
        ]);
      }),
      { numRuns: 60 },
    );
  });
});
