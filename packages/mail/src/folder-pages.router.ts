import { Router } from 'express';
import PostalMime from 'postal-mime';
import type { FolderMail } from './folder-mail.js';
import { escapeHtml } from './letter.js';
import { sendPage } from './page.js';

const MAX_LISTED = 100;
const LOCAL_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/u;

/**
 * Pages to read the mail of a folder: the last hundred, each with its headers, text and form. Everybody's mail is in there, so they are for a
 * machine of one's own only: whoever mounts this binds to the loopback address, and a browser that came by another name (DNS rebinding) is refused.
 */
export function folderPages(folder: FolderMail): Router {
  const router = Router();
  router.use((request, response, next) => {
    if (LOCAL_HOST.test(request.headers.host ?? '')) next();
    else response.status(404).end();
  });

  router.get('/', async (request, response) => {
    // Without the slash the links would lead beside.
    if (!request.originalUrl.split('?')[0]?.endsWith('/')) {
      response.redirect(302, `${request.baseUrl}/`);
      return;
    }
    const names = (await folder.list()).slice(0, MAX_LISTED);
    const rows = await Promise.all(
      names.map(async (name) => {
        const mail = await parsed(folder, name);
        return mail === null
          ? ''
          : `<tr><td>${escapeHtml(mail.date ?? '')}</td><td>${escapeHtml(toOf(mail))}</td><td><a href="${name}">${escapeHtml(mail.subject ?? '(no subject)')}</a></td></tr>`;
      }),
    );
    sendPage(response, { title: 'Mail', body: rows.length === 0 ? '<p>Nothing was sent.</p>' : `<table>${rows.join('')}</table>` });
  });

  router.get('/:name', async (request, response) => {
    const mail = await parsed(folder, request.params.name);
    if (mail === null) {
      sendPage(response, { status: 404, title: 'Mail', body: '<p>There is no such mail. <a href="./">All mail</a></p>' });
      return;
    }
    const headers = mail.headers.map(
      ({ originalKey, value }) => `<tr><td>${escapeHtml(originalKey)}</td><td>${escapeHtml(value)}</td></tr>`,
    );
    // Nothing in it runs or leaves: the sandbox allows links to be opened beside, and no more.
    const form =
      mail.html === undefined
        ? ''
        : `<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" srcdoc="${escapeHtml(`<base target="_blank">${mail.html}`)}"></iframe>`;
    sendPage(response, {
      title: mail.subject ?? '(no subject)',
      body: `<p><a href="./">All mail</a></p><p>To ${escapeHtml(toOf(mail))}</p>${form}<h2>Text</h2><pre>${linked(mail.text ?? '')}</pre><h2>Headers</h2><table>${headers.join('')}</table>`,
    });
  });
  return router;
}

type Parsed = Awaited<ReturnType<typeof PostalMime.parse>>;

async function parsed(folder: FolderMail, name: string): Promise<Parsed | null> {
  const bytes = await folder.read(name);
  return bytes === null ? null : PostalMime.parse(new Uint8Array(bytes));
}

const toOf = ({ to = [] }: Parsed): string => to.map(({ address }) => address ?? '').join(', ');

/** Text with its addresses as links. */
const linked = (text: string): string =>
  text
    .split(/(https?:\/\/[^\s<>"]+)/u)
    .map((part, index) => (index % 2 === 1 ? `<a href="${escapeHtml(part)}" rel="noreferrer">${escapeHtml(part)}</a>` : escapeHtml(part)))
    .join('');
