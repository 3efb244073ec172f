import express, { type Router } from 'express';
import type { ProviderInbox } from './provider-inbox.service.js';

const LIMIT = '256kb';

/**
 * Where payment providers tell that a charge has changed: `POST /commerce/providers/<name>/notices`, signed over its raw body. 204: taken, for
 * the first time or again; 400: nobody we trust said so.
 */
export function providerNotices(inbox: ProviderInbox): Router {
  // oxlint-disable-next-line new-cap
  const router = express.Router();
  router.post('/providers/:provider/notices', express.raw({ type: () => true, limit: LIMIT }), (request, response, next) => {
    const body: unknown = request.body;
    inbox
      .receive(request.params['provider'] ?? '', Buffer.isBuffer(body) ? body : Buffer.alloc(0), (name) => request.get(name) ?? '')
      .then((isTrusted) => response.status(isTrusted ? 204 : 400).end())
      .catch(next);
  });
  return router;
}
