import { randomUUID } from 'node:crypto';
import { deriveKey } from '@plaza/auth/keys';
import type { Logger } from '@plaza/telemetry/logger';
import { pageHtml } from '@plaza/mail/page';
import { escapeHtml } from '@plaza/mail/letter';
import type { JWK } from 'jose';
import type { Configuration } from 'oidc-provider';
import { Provider } from 'oidc-provider/lib/provider.js';
import { AUDIENCE, ISSUER } from '../../tokens/access-tokens.js';
import { type AdapterParts, LibraryAdapter } from './library-adapter.js';
import { ALL_SCOPES } from './scopes.policy.js';

export interface AuthorizationServerParts extends AdapterParts {
  /** The keys of access tokens, the private halves too. */
  readonly keys: readonly JWK[];
  readonly secret: Uint8Array;
  /** Where everybody reaches Plaza, without a slash at the end. */
  readonly publicUrl: string;
  readonly accessTokenSeconds: number;
  readonly sessionDays: number;
  /** Whether the account is there and may sign in. */
  readonly isActive: (userId: string) => Promise<boolean>;
  readonly logger: Logger;
}

/** Below `publicUrl`: also where its pages and its cookies belong. */
export const OAUTH_PATH = '/accounts/oauth';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Then an app asks again. */
const YEAR = 365 * DAY;

/** What tokens of apps are for (RFC 8707). */
export const resourceOf = (publicUrl: string): string => `${publicUrl}/graphql`;

/**
 * OAuth 2.1 for other people's apps: dynamic registration (RFC 7591), authorization codes with PKCE, refresh tokens that rotate, client credentials,
 * revocation (RFC 7009), metadata (RFC 8414). Access tokens are JWTs as those of sessions, by the same keys.
 */
export function authorizationServer(parts: AuthorizationServerParts): Provider {
  const { publicUrl, secret, keys, logger } = parts;
  const provider = new Provider(`${publicUrl}${OAUTH_PATH}`, {
    adapter: (kind: string) => new LibraryAdapter(kind, parts),
    jwks: { keys: keys.map((key) => ({ ...key, alg: 'EdDSA', use: 'sig' })) },
    cookies: { keys: [deriveKey(secret, 'accounts oauth cookies').toString('base64url')] },
    scopes: [...ALL_SCOPES],
    claims: {},
    responseTypes: ['code'],
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post'],
    clientDefaults: { id_token_signed_response_alg: 'EdDSA' },
    enabledJWA: { idTokenSigningAlgValues: ['EdDSA'] },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    // Who signed in on the page of consent is not signed in any further: see below.
    expiresWithSession: async () => false,
    findAccount: async (_ctx, userId) =>
      (await parts.isActive(userId)) ? { accountId: userId, claims: async () => ({ sub: userId }) } : undefined,
    interactions: { url: (_ctx, interaction) => `${OAUTH_PATH}/consent/${interaction.uid}` },
    routes: { authorization: '/authorize', token: '/token', registration: '/register', revocation: '/revoke', jwks: '/jwks' },
    ttl: {
      AuthorizationCode: MINUTE,
      Interaction: HOUR,
      Session: HOUR,
      Grant: YEAR,
      RefreshToken: parts.sessionDays * DAY,
      AccessToken: parts.accessTokenSeconds,
      ClientCredentials: parts.accessTokenSeconds,
      IdToken: MINUTE,
    },
    features: features(parts),
    formats: {
      customizers: {
        // As accounts writes them everywhere; `sid` is what ends a token before its time.
        jwt: (_ctx, token, jwt) => {
          jwt.payload.iss = ISSUER;
          if ('grantId' in token && token.grantId !== undefined) jwt.payload['sid'] = token.grantId;
        },
      },
    },
    renderError: (ctx, { error, error_description }) => {
      ctx.type = 'html';
      ctx.set('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
      ctx.body = pageHtml({ title: 'This did not work', body: `<p>${escapeHtml(error_description ?? error)}</p>` });
    },
  } satisfies Configuration);
  // Behind the gateway; what it is called there is known, and not up to whoever asks (see app.router.ts).
  provider.proxy = true;
  // Nobody stays signed in by a cookie: another app's page asks for the password again, and a new password has nothing to end here.
  provider.on('authorization.success', ({ oidc }) => {
    if (oidc.session !== undefined) Object.assign(oidc.session, { destroyed: true });
  });
  provider.on('server_error', (_ctx, error) => logger.error({ err: error }, 'the authorization server failed'));
  return provider;
}

function features({ publicUrl, accessTokenSeconds }: AuthorizationServerParts): NonNullable<Configuration['features']> {
  return {
    devInteractions: { enabled: false },
    userinfo: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    dPoP: { enabled: false },
    clientCredentials: { enabled: true },
    revocation: { enabled: true, allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId },
    registration: { enabled: true, idFactory: () => randomUUID() },
    registrationManagement: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => resourceOf(publicUrl),
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: ALL_SCOPES.join(' '),
        audience: AUDIENCE,
        accessTokenFormat: 'jwt',
        accessTokenTTL: accessTokenSeconds,
        jwt: { sign: { alg: 'EdDSA' } },
      }),
    },
  };
}
