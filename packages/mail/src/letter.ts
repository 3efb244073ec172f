import { oneLine } from './message.js';

/** What a mail says, before it has a form. Plain words everywhere: whatever looks like markup is shown as it is. */
export interface Letter {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** The one thing to do. */
  readonly action?: { readonly label: string; readonly url: string };
  /** Shown below the action, to be copied. */
  readonly code?: string;
  /** Small, at the end: why this came, how to stop it. */
  readonly footer: readonly string[];
}

/** One letter as plain text and as simple HTML: no pictures, no scripts, nothing fetched. @throws Error for an address that is not http(s): a bug. */
export function render(letter: Letter): { readonly subject: string; readonly text: string; readonly html: string } {
  if (letter.action !== undefined && !/^https?:\/\//u.test(letter.action.url)) throw new Error('a letter links to http(s) only');
  return { subject: oneLine(letter.subject), text: textOf(letter), html: htmlOf(letter) };
}

/** As text between tags or in a quoted attribute. */
export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/gu, (character) => `&#${String(character.codePointAt(0))};`);

function textOf({ paragraphs, action, code, footer }: Letter): string {
  const parts = [
    ...paragraphs,
    ...(action === undefined ? [] : [`${action.label}:\n${action.url}`]),
    ...(code === undefined ? [] : [code]),
    // The separator of signatures: clients fold what follows (RFC 3676).
    ...(footer.length === 0 ? [] : [['-- ', ...footer].join('\n')]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function htmlOf({ subject, paragraphs, action, code, footer }: Letter): string {
  const link =
    action === undefined
      ? ''
      : `<p style="margin:24px 0"><a href="${escapeHtml(action.url)}" style="${BUTTON}">${escapeHtml(action.label)}</a></p>`;
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<title>${escapeHtml(oneLine(subject))}</title></head>`,
    `<body style="${BODY}">`,
    ...paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph).replaceAll('\n', '<br>')}</p>`),
    link,
    code === undefined ? '' : `<p><code style="${CODE}">${escapeHtml(code)}</code></p>`,
    footer.length === 0 ? '' : `<p style="${SMALL}">${footer.map((line) => escapeHtml(line)).join('<br>')}</p>`,
    '</body></html>',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

const BODY = 'font:16px/1.5 system-ui,sans-serif;color:#1c1c1e;max-width:36em;margin:24px auto;padding:0 16px';
const BUTTON = 'background:#1c1c1e;color:#fff;padding:10px 18px;border-radius:6px;text-decoration:none';
const CODE = 'font:14px/1.5 ui-monospace,monospace;overflow-wrap:anywhere';
const SMALL = 'color:#6b6b70;font-size:13px;margin-top:32px';
