import type { Response } from 'express';
import { escapeHtml } from './letter.js';

/** A page of our own, without scripts, pictures or anything from elsewhere. `body` is HTML; what comes from people is escaped in it already. */
export function sendPage(
  response: Response,
  { status = 200, title, body }: { readonly status?: number; readonly title: string; readonly body: string },
): void {
  response
    .status(status)
    .set({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      // Addresses of pages may hold tokens.
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex',
    })
    .send(
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
        `<title>${escapeHtml(title)} – Plaza</title><style>${STYLE}</style></head><body><h1>${escapeHtml(title)}</h1>${body}</body></html>`,
    );
}

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:44em;margin:2em auto;padding:0 1em}h1{font-size:1.4em}' +
  'input,button{font:inherit;padding:.5em .8em}pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f4f4f5;padding:1em}' +
  'iframe{width:100%;height:28em;border:1px solid #ccc}td{padding:.2em .8em .2em 0;vertical-align:top}';
