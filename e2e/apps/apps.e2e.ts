import type { Person } from '@plaza/testing/people';
import type { World } from '@plaza/testing/world';
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startPlaza } from '../world.js';

let world: World;
let anna: Person;
let server: oauth.AuthorizationServer;
const REDIRECT = 'https://app.example/back';
const HTTP = { [oauth.allowInsecureRequests]: true };

beforeAll(async () => {
  world = await startPlaza();
  anna = await world.person('anna');
  const issuer = new URL(`${world.ground.publicUrl}/accounts/oauth`);
  server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...HTTP }));
});
afterAll(() => world.stop());

/** An app as its maker registers it. */
async function registered(metadata: Partial<oauth.OmitSymbolProperties<oauth.Client>> = {}): Promise<oauth.Client> {
  const wanted = {
    client_name: 'Garden <b>planner</b>',
    redirect_uris: [REDIRECT],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'none',
    ...metadata,
  };
  return oauth.processDynamicClientRegistrationResponse(await oauth.dynamicClientRegistrationRequest(server, wanted, HTTP));
}

function textOf(client: oauth.Client, name: string): string {
  const value = client[name];
  if (typeof value !== 'string') throw new Error(`The registration has no ${name}.`);
  return value;
}

/** A browser that keeps cookies and follows nothing by itself. */
function browser() {
  const cookies = new Map<string, string>();
  return async (url: string, form?: Record<string, string>): Promise<Response> => {
    const response = await fetch(new URL(url, world.ground.publicUrl), {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/u.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    return response;
  };
}
const next = (response: Response): string => response.headers.get('location') ?? '';

interface Asked {
  readonly visit: ReturnType<typeof browser>;
  readonly page: string;
  readonly verifier: string;
}

/** The app sends somebody to Plaza; up to the page with the question. */
async function asks(client: oauth.Client, scope: string): Promise<Asked> {
  const visit = browser();
  const verifier = oauth.generateRandomCodeVerifier();
  const url = new URL(server.authorization_endpoint ?? '');
  url.search = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: REDIRECT,
    response_type: 'code',
    scope,
    state: 'state',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }).toString();
  return { visit, page: next(await visit(url.href)), verifier };
}

/** The person says yes; what the app gets by the code. */
async function granted(client: oauth.Client, scope: string) {
  const { visit, page, verifier } = await asks(client, scope);
  const said = await visit(page, { identifier: anna.handle, password: anna.password, answer: 'allow' });
  expect(said.status).toBe(303);
  const back = new URL(next(await visit(next(said))));
  const params = oauth.validateAuthResponse(server, client, back, 'state');
  const trade = async () =>
    oauth.processAuthorizationCodeResponse(
      server,
      client,
      await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), params, REDIRECT, verifier, HTTP),
    );
  return { tokens: await trade(), trade };
}

async function refreshed(client: oauth.Client, refreshToken: string | undefined) {
  const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refreshToken ?? '', HTTP);
  return oauth.processRefreshTokenResponse(server, client, response);
}

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly path?: readonly unknown[]; readonly extensions: { readonly code: string } }[];
}
async function ask(token: string, query: string): Promise<Answer> {
  const response = await fetch(`${world.ground.publicUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as Answer; // what is expected of it says the test
}

/** Waits until the app can do nothing any more. */
const ended = (token: string): Promise<void> =>
  vi.waitFor(async () => expect((await ask(token, '{ me { id } }')).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED'), {
    timeout: 30_000,
    interval: 100,
  });

describe('an app of somebody else’s', () => {
  it('is let in by its person, within its scopes, until it gives its token back', async () => {
    const client = await registered();
    const { visit, page } = await asks(client, 'read:profile read:posts made:up');
    const question = await (await visit(page)).text();
    expect(question).toContain('Garden &#60;b&#62;planner&#60;/b&#62;');
    expect(question).toContain('see who you are on Plaza');
    expect(question).not.toContain('e-mail address,');
    const wrong = await visit(page, { identifier: anna.handle, password: 'a wrong one', answer: 'allow' });
    expect(await wrong.text()).toContain('No such account, or another password.');

    const { tokens } = await granted(client, 'read:profile read:posts');
    expect(tokens.scope).toBe('read:profile read:posts');
    const { data, errors } = await ask(tokens.access_token, '{ me { email user { handle posts { edges { node { id } } } } } }');
    expect(data).toEqual({ me: { email: null, user: { handle: anna.handle, posts: { edges: [] } } } });
    expect(errors).toMatchObject([{ path: ['me', 'email'], extensions: { code: 'INSUFFICIENT_SCOPE' } }]);
    expect((await ask(tokens.access_token, '{ me { sessions { id } } }')).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');

    const newer = await refreshed(client, tokens.refresh_token);
    await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, oauth.None(), newer.refresh_token ?? '', HTTP));
    await ended(newer.access_token);
    await expect(refreshed(client, newer.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('stands among its person’s sessions, who ends it there', async () => {
    const client = await registered({ client_name: 'Ended by hand' });
    const { tokens } = await granted(client, 'read:profile');
    const { json } = await anna.graphql('{ me { sessions { id device isApp isCurrent } } }');
    const session = json.data.me.sessions.find(({ device }: { device: string }) => device === 'Ended by hand');
    expect(session).toMatchObject({ isApp: true, isCurrent: false });
    await anna.graphql(`mutation { revokeSession(input: { sessionId: "${session.id}" }) { __typename } }`);
    await ended(tokens.access_token);
    await expect(refreshed(client, tokens.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('takes what it was granted with it when its maker takes it away', async () => {
    const client = await registered();
    const { tokens } = await granted(client, 'read:profile');
    const gone = await fetch(textOf(client, 'registration_client_uri'), {
      method: 'DELETE',
      headers: { authorization: `Bearer ${textOf(client, 'registration_access_token')}` },
    });
    expect(gone.status).toBe(204);
    await ended(tokens.access_token);
    await expect(refreshed(client, tokens.refresh_token)).rejects.toMatchObject({ error: 'invalid_client' });
  });

  it('loses everything when a code or a refresh token comes twice', async () => {
    const client = await registered();
    const { tokens } = await granted(client, 'read:profile');
    const newer = await refreshed(client, tokens.refresh_token);
    await expect(refreshed(client, tokens.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' });
    await ended(newer.access_token);

    const second = await granted(client, 'read:profile');
    await expect(second.trade()).rejects.toMatchObject({ error: 'invalid_grant' });
    await ended(second.tokens.access_token);
  });

  it('gets nothing where its person says no, and no code without PKCE', async () => {
    const client = await registered();
    const { visit, page } = await asks(client, 'read:profile');
    const back = new URL(next(await visit(next(await visit(page, { identifier: '', password: '', answer: 'deny' })))));
    expect(back.origin + back.pathname).toBe(REDIRECT);
    expect(back.searchParams.get('error')).toBe('access_denied');

    const url = new URL(server.authorization_endpoint ?? '');
    url.search = new URLSearchParams({
      client_id: client.client_id,
      redirect_uri: REDIRECT,
      response_type: 'code',
      scope: 'read:profile',
    }).toString();
    expect(new URL(next(await visit(url.href))).searchParams.get('error')).toBe('invalid_request');
    url.searchParams.set('redirect_uri', 'https://evil.example/');
    expect((await visit(url.href)).status).toBe(400);
  });

  it('asks in its own name by its secret, and sees what a guest sees', async () => {
    const metadata = {
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      token_endpoint_auth_method: 'client_secret_basic',
    };
    const client = await registered(metadata);
    const own = async (secret: string) => {
      const auth = oauth.ClientSecretBasic(secret);
      const response = await oauth.clientCredentialsGrantRequest(server, client, auth, { scope: 'read:posts' }, HTTP);
      return oauth.processClientCredentialsResponse(server, client, response);
    };
    const { access_token: token } = await own(textOf(client, 'client_secret'));
    const { data, errors } = await ask(token, `{ user(handle: "${anna.handle}") { handle posts { edges { cursor } } } me { id } }`);
    expect(data).toEqual({ user: { handle: anna.handle, posts: { edges: [] } }, me: null });
    expect(errors).toBeUndefined();
    await expect(own('another secret')).rejects.toThrow();
  });

  it('leaves nothing readable in the tables', async () => {
    const client = await registered({ token_endpoint_auth_method: 'none', client_name: 'Readable name' });
    const { tokens } = await granted(client, 'read:profile');
    const rows = await world.tables('accounts').sql<{ text: string }>`SELECT oauth_record::text AS text FROM oauth_record`;
    const dump = rows.map(({ text }) => text).join('\n');
    for (const word of [tokens.refresh_token ?? '', client.client_id, 'Readable name'])
      for (const spelt of [word, Buffer.from(word).toString('hex')]) expect(dump).not.toContain(spelt);
  });
});
