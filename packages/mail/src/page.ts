import type { Response } from 'express';
import { escapeHtml } from './letter.js';

export interface Page {
  readonly title: string;
  /** HTML; what comes from people is escaped in it already. */
  readonly body: string;
}

export interface SentPage extends Page {
  readonly status?: number;
  /** An address elsewhere that the answer to the page's form leads to: browsers stop at others. */
  readonly leadsTo?: string;
}

/** A page of our own, without scripts, pictures or anything from elsewhere. */
export function sendPage(response: Response, { status = 200, leadsTo, ...page }: SentPage): void {
  response
    .status(status)
    .set({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'${sourceOf(leadsTo)}; base-uri 'none'; frame-ancestors 'none'`,
      // Addresses of pages may hold tokens.
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex',
    })
    .send(pageHtml(page));
}

/** The text of a page, for who sends it otherwise. */
export const pageHtml = ({ title, body }: Page): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
  `<title>${escapeHtml(title)} – Plaza</title><style>${STYLE}</style></head><body><h1>${escapeHtml(title)}</h1>${body}</body></html>`;

/** As a source of a content security policy; nothing for what could be read as more than one. */
function sourceOf(address: string | undefined): string {
  if (address === undefined || !URL.canParse(address)) return '';
  const { protocol, host } = new URL(address);
  const source = protocol === 'http:' || protocol === 'https:' ? `${protocol}//${host}` : protocol;
  return /^[\w.:/[\]+-]+$/u.test(source) ? ` ${source}` : '';
}

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:44em;margin:2em auto;padding:0 1em}h1{font-size:1.4em}' +
  'input,button{font:inherit;padding:.5em .8em}pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f4f4f5;padding:1em}' +
  'iframe{width:100%;height:28em;border:1px solid #ccc}td{padding:.2em .8em .2em 0;vertical-align:top}';
