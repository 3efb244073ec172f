import { escapeHtml } from '@plaza/mail/letter';
import { sendPage } from '@plaza/mail/page';
import express, { Router } from 'express';
import type { SettingsService } from './settings.service.js';

const PATH = 'unsubscribe';
/** Below the public address. */
export const UNSUBSCRIBE_PATH = `/messaging/${PATH}`;

const TITLE = 'No more mails';

/**
 * Where the link of a digest leads: `/messaging/unsubscribe?token=…`. To look at it changes nothing, because programs that check mail open every
 * link; its button does, and so does the button of a mail program, which posts there (RFC 8058).
 */
export function unsubscribePage(settings: SettingsService): Router {
  const router = Router();
  router.get(`/${PATH}`, (request, response) => {
    const action = `${PATH}?token=${encodeURIComponent(tokenOf(request.query))}`;
    const body = `<p>Shall Plaza send you no digest any more?</p><form method="post" action="${escapeHtml(action)}"><button>Send none</button></form>`;
    sendPage(response, { title: TITLE, body });
  });
  router.post(`/${PATH}`, express.urlencoded({ extended: false, limit: '4kb' }), async (request, response) => {
    const isDone = await settings.unsubscribe(tokenOf(request.query));
    if (isDone) sendPage(response, { title: TITLE, body: '<p>You get no digest any more.</p>' });
    else sendPage(response, { status: 410, title: TITLE, body: '<p>This link is none of ours.</p>' });
  });
  return router;
}

function tokenOf({ token }: { readonly token?: unknown }): string {
  return typeof token === 'string' ? token : '';
}
