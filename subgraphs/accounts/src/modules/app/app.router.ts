import { Fault } from '@plaza/kernel/fault';
import { escapeHtml } from '@plaza/mail/letter';
import { sendPage } from '@plaza/mail/page';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Provider } from 'oidc-provider';
import { SessionNotFound } from 'oidc-provider/lib/helpers/errors.js';
import { z } from 'zod';
import type { Limits } from '../../limits/limits.js';
import { OAUTH_PATH, resourceOf } from './authorization-server.js';
import type { AskingApp, ConsentService } from './consent.service.js';
import { knownScopes, SCOPES } from './scopes.policy.js';

export interface AppRouterParts {
  readonly provider: Provider;
  readonly consents: ConsentService;
  readonly limits: Limits;
  readonly publicUrl: string;
}

/** Set by the gateway, which takes away what a client sends. */
const ADDRESS = 'x-plaza-address';
const Form = z.object({ identifier: z.string().max(320), password: z.string().max(2_000), answer: z.enum(['allow', 'deny']) });
const MAX_NAME = 100;

/** `/accounts/oauth/…`: the authorization server, and the one page on which a person signs in and says yes or no. */
export function appRouter(parts: AppRouterParts): Router {
  const { provider, limits } = parts;
  const router = Router();

  router.use(knownAs(parts.publicUrl));
  router.get('/consent/:uid', (request, response) =>
    onPage(response, async () => show(response, await asked(parts, request, response), null)),
  );
  router.post('/consent/:uid', express.urlencoded({ extended: false, limit: '16kb' }), (request, response) =>
    onPage(response, () => answered(parts, request, response)),
  );
  router.post(
    '/register',
    counted((address) => limits.app(address)),
  );
  // Each writes something, or costs a signature.
  router.all(
    ['/authorize', '/token', '/revoke'],
    counted((address) => limits.grant(address)),
  );
  router.use(provider.callback());
  return router;
}

/** Goes on while the address has attempts left; apps are told in the words of OAuth's other errors. */
function counted(spend: (address: string | null) => Promise<void>): RequestHandler {
  return async (request, response, next) => {
    try {
      await spend(addressOf(request));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const { retryAfter } = error;
      if (retryAfter !== undefined) response.set('retry-after', String(retryAfter));
      response.status(429).json({ error: 'slow_down', error_description: error.message });
      return;
    }
    next();
  };
}

/** The library writes addresses by what a proxy says that it is called. */
function knownAs(publicUrl: string): RequestHandler {
  const { host, protocol } = new URL(publicUrl);
  return (request, _response, next) => {
    request.headers['x-forwarded-host'] = host;
    request.headers['x-forwarded-proto'] = protocol.slice(0, -1);
    next();
  };
}

/** What an app wants of a person. */
interface Asked {
  readonly uid: string;
  readonly app: AskingApp;
  readonly scopes: readonly string[];
  /** Where the answer goes. */
  readonly redirectUri: string;
}

async function asked({ provider }: AppRouterParts, request: Request, response: Response): Promise<Asked> {
  const { uid, params } = await provider.interactionDetails(request, response);
  const client = await provider.Client.find(String(params['client_id']));
  if (client === undefined) throw new SessionNotFound('the app is gone');
  return {
    uid,
    app: { id: client.clientId, name: (client.clientName ?? 'An app without a name').slice(0, MAX_NAME) },
    scopes: knownScopes(typeof params['scope'] === 'string' ? params['scope'] : ''),
    redirectUri: String(params['redirect_uri']),
  };
}

async function answered(parts: AppRouterParts, request: Request, response: Response): Promise<void> {
  const { provider, consents, publicUrl } = parts;
  const wanted = await asked(parts, request, response);
  const form = Form.safeParse(request.body);
  if (!form.success) {
    show(response, wanted, 'Fill in both fields.');
    return;
  }
  if (form.data.answer === 'deny') {
    await provider.interactionFinished(request, response, { error: 'access_denied', error_description: 'The person said no.' });
    return;
  }
  let consent;
  try {
    consent = await consents.give(form.data, wanted.app, addressOf(request));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    show(response, wanted, error.message);
    return;
  }
  if (consent.kind === 'refused') {
    show(response, wanted, 'No such account, or another password.');
    return;
  }
  const { userId, grantId } = consent;
  const grant = new provider.Grant({ accountId: userId, clientId: wanted.app.id });
  // The grant and the session that stands for it have one id.
  grant.jti = grantId;
  const scope = wanted.scopes.join(' ');
  grant.addOIDCScope(scope);
  grant.addResourceScope(resourceOf(publicUrl), scope);
  await grant.save();
  await provider.interactionFinished(request, response, { login: { accountId: userId, remember: false }, consent: { grantId } });
}

async function onPage(response: Response, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof SessionNotFound)) throw error;
    sendPage(response, { status: 400, title: 'Too late', body: '<p>Go back to the app and begin again.</p>' });
  }
}

function show(response: Response, { uid, app, scopes, redirectUri }: Asked, problem: string | null): void {
  const name = escapeHtml(app.name);
  const list = scopes.map((scope) => `<li>${escapeHtml(SCOPES[scope] ?? scope)}</li>`).join('');
  sendPage(response, {
    status: problem === null ? 200 : 400,
    title: 'Let an app act for you?',
    leadsTo: redirectUri,
    body:
      `<p><strong>${name}</strong>, an app that does not belong to Plaza, would be able to</p><ul>${list}</ul>` +
      `<p>Then it brings you to <strong>${escapeHtml(placeOf(redirectUri))}</strong>. You can end it at any time among your sessions.</p>` +
      (problem === null ? '' : `<p role="alert"><strong>${escapeHtml(problem)}</strong></p>`) +
      `<form method="post" action="${OAUTH_PATH}/consent/${encodeURIComponent(uid)}">` +
      '<p><input name="identifier" placeholder="Handle or e-mail" aria-label="Handle or e-mail" autocomplete="username"></p>' +
      '<p><input type="password" name="password" placeholder="Password" aria-label="Password" autocomplete="current-password"></p>' +
      '<p><button name="answer" value="allow">Allow</button> <button name="answer" value="deny">Do not allow</button></p></form>',
  });
}

function placeOf(uri: string): string {
  const { host, protocol } = new URL(uri);
  return host === '' ? protocol : host;
}

function addressOf(request: Request): string | null {
  const told = request.get(ADDRESS);
  return told === undefined || told === '' ? (request.ip ?? null) : told;
}
