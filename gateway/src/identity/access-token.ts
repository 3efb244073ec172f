import { Fault } from '@plaza/kernel/fault';
import { cacheCount } from '@plaza/telemetry/cache-counts';
import { jwtVerify, type JWTHeaderParameters } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { KeySet } from './key-set.js';

/** Who a genuine access token speaks for. Whether the session still lives is not in it. */
export interface TokenClaims {
  /** Null for an app in its own name. `sessionId` is the session of a device, or what a person granted an app. UUIDs. */
  readonly person: { readonly userId: string; readonly sessionId: string } | null;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** In milliseconds since 1970. */
  readonly expiresAt: number;
}

/** What accounts writes into its tokens and everybody checks. */
export const TOKEN_ISSUER = 'plaza';
export const TOKEN_AUDIENCE = 'plaza';
/** Plaza's own clients; every other id is an app's. */
export const OWN_CLIENT = 'plaza';
const TOKEN_TYPE = 'at+jwt';
const ALGORITHMS = ['EdDSA'];
const MAX_LENGTH = 4_096;
/** Between two machines' clocks. */
const CLOCK_TOLERANCE_SECONDS = 5;
const KEPT = 10_000;

const Payload = z.object({
  sub: z.uuid(),
  sid: z.uuid().optional(),
  client_id: z.string().max(200),
  scope: z.string().max(2_000).default(''),
  iat: z.number(),
  exp: z.number(),
});

/** Checks access tokens (RFC 9068). A signature costs 150 µs, so what was found genuine is remembered until it expires. */
export class AccessTokens {
  readonly #keys: KeySet;
  readonly #now: () => Date;
  readonly #count = cacheCount('access_tokens');
  readonly #genuine = new LRUCache<string, { readonly claims: TokenClaims; readonly keyId: string }>({ max: KEPT });

  constructor(keys: KeySet, now: () => Date) {
    this.#keys = keys;
    this.#now = now;
  }

  /** @throws Fault UNAUTHENTICATED for a token that is not ours, changed or over; UNAVAILABLE when that cannot be told now */
  async verify(token: string): Promise<TokenClaims> {
    const known = await this.#remembered(token);
    this.#count[known === undefined ? 'misses' : 'hits'] += 1;
    const { claims } = known ?? (await this.#checked(token));
    if (claims.expiresAt + CLOCK_TOLERANCE_SECONDS * 1000 <= this.#now().getTime()) throw notAccepted();
    return claims;
  }

  async #remembered(token: string): Promise<{ readonly claims: TokenClaims } | undefined> {
    const known = this.#genuine.get(token);
    // A key that was taken back takes its tokens with it.
    if (known === undefined || (await this.#keys.key(known.keyId)) === undefined) return undefined;
    return known;
  }

  async #checked(token: string): Promise<{ readonly claims: TokenClaims }> {
    if (token.length > MAX_LENGTH) throw notAccepted();
    let keyId = '';
    const keyOf = async ({ kid }: JWTHeaderParameters) => {
      // jku, x5u, jwk and x5c are the sender's own words and never looked at.
      const key = typeof kid === 'string' && kid.length <= 200 ? await this.#keys.key(kid) : undefined;
      if (key === undefined) throw notAccepted();
      keyId = kid ?? '';
      return key;
    };
    try {
      const { payload } = await jwtVerify(token, keyOf, {
        algorithms: ALGORITHMS,
        issuer: TOKEN_ISSUER,
        audience: TOKEN_AUDIENCE,
        typ: TOKEN_TYPE,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: this.#now(),
      });
      const { sub, sid, client_id, scope, exp } = Payload.parse(payload);
      // Without a session it is an app's own (RFC 9068, 2.2): then it speaks for nobody else.
      if (sid === undefined && (sub !== client_id || client_id === OWN_CLIENT)) throw notAccepted();
      const claims: TokenClaims = {
        person: sid === undefined ? null : { userId: sub, sessionId: sid },
        clientId: client_id,
        scopes: scope.split(' ').filter(Boolean),
        expiresAt: exp * 1000,
      };
      const genuine = { claims, keyId };
      this.#genuine.set(token, genuine);
      return genuine;
    } catch (error) {
      if (error instanceof Fault) throw error;
      throw notAccepted();
    }
  }
}

/** One answer for every reason: forged, changed, over, revoked. */
export const notAccepted = (): Fault => new Fault('UNAUTHENTICATED', 'The access token is not accepted. Refresh it or sign in again.');
