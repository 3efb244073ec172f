import { deriveKey, mac } from '@plaza/auth/keys';
import type { Database, Tx } from '@plaza/db/database';
import { sessionRevoked } from '@plaza/events/contracts/accounts.events';
import type { Outbox } from '@plaza/events/outbox';
import type { Clock } from '@plaza/kernel/clock';
import { newId } from '@plaza/kernel/id';
import type { AccountsConfig } from '../../config.js';
import { placeOf } from '../../limits/network-address.policy.js';
import type { AccessTokens } from '../../tokens/access-tokens.js';
import type { RefreshToken, RefreshTokens } from '../../tokens/refresh-tokens.js';
import type { UserStore } from '../user/user.store.js';
import type { SessionRow, SessionStore } from './session.store.js';

/** A person's own. */
const MAX_SESSIONS = 20;
/** Of apps, beside them: whoever lets many apps in is not signed out by it. */
const MAX_GRANTS = 20;
const MAX_DEVICE = 200;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** A transaction that ends a session may commit so long after it looked at the clock. */
const LATE_COMMIT_MS = 10_000;

/** What a client keeps to stay signed in. */
export interface SessionTokens {
  readonly accessToken: string;
  readonly accessTokenExpiresAt: Date;
  readonly refreshToken: string;
}

/** Where somebody signs in from. */
export interface Origin {
  readonly address: string | null;
  readonly userAgent: string | null;
}

export interface SessionParts {
  readonly database: Database<unknown>;
  readonly outbox: Outbox;
  readonly sessions: SessionStore;
  readonly users: UserStore;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
  readonly clock: Clock;
  readonly secret: Uint8Array;
  readonly config: Pick<AccountsConfig, 'accessTokenSeconds' | 'sessionDays' | 'operators'>;
}

/** Opens, lists and ends sessions. */
export class SessionService {
  readonly #parts: SessionParts;
  readonly #addressKey: Buffer;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#addressKey = deriveKey(parts.secret, 'accounts session address');
  }

  /** A new session in the transaction of what lets the person in. Their row must be locked or new. */
  async open(tx: Tx, userId: string, origin: Origin): Promise<RefreshToken> {
    const { sessions, refreshTokens } = this.#parts;
    const now = this.#now();
    const token = refreshTokens.first(newId());
    const session = {
      id: token.sessionId,
      userId,
      device: deviceOf(origin.userAgent),
      appId: null,
      addressHash: this.addressHash(origin.address),
      createdAt: now,
    };
    await sessions.insert(tx, { ...session, lastSeenAt: minuteOf(now), expiresAt: this.expiry(now), tokenHash: token.hash });
    await this.#tell(
      tx,
      userId,
      await sessions.endLeastUsed(tx, userId, { newest: token.sessionId, isApp: false, keep: MAX_SESSIONS }, now),
    );
    return token;
  }

  /** As {@link open}, for an app that the person lets act for them; its tokens are the authorization server's. @returns the session's id */
  async openForApp(tx: Tx, userId: string, app: { readonly id: string; readonly name: string }): Promise<string> {
    const { sessions } = this.#parts;
    const now = this.#now();
    const id = newId();
    const session = { id, userId, device: deviceOf(app.name), appId: app.id, addressHash: null, createdAt: now };
    await sessions.insert(tx, { ...session, lastSeenAt: minuteOf(now), expiresAt: this.expiry(now), tokenHash: null });
    await this.#tell(tx, userId, await sessions.endLeastUsed(tx, userId, { newest: id, isApp: true, keep: MAX_GRANTS }, now));
    return id;
  }

  isLive(sessionId: string): Promise<boolean> {
    return this.#parts.sessions.isLive(sessionId, this.#now());
  }

  /** It was used: it lasts as long as a new one from now on. */
  renew(sessionId: string): Promise<void> {
    return this.#parts.sessions.extend(sessionId, this.expiry(this.#now()));
  }

  /** Of an app, whosever it is. */
  async endGrant(sessionId: string): Promise<void> {
    const userId = await this.#parts.sessions.ownerOf(sessionId);
    if (userId !== null) await this.end(userId, sessionId);
  }

  /** All that people granted an app. */
  async endOfApp(appId: string): Promise<void> {
    for (;;) {
      const granted = await this.#parts.sessions.ofApp(appId, this.#now(), 100);
      for (const { id, userId } of granted) await this.end(userId, id);
      if (granted.length === 0) return;
    }
  }

  /** The tokens of a session whose present refresh token is `refresh`. */
  async tokens(userId: string, refresh: RefreshToken): Promise<SessionTokens> {
    const bearer = { userId, sessionId: refresh.sessionId, isOperator: await this.#isOperator(userId) };
    const { token, expiresAt } = await this.#parts.accessTokens.mint(bearer, this.#now());
    return { accessToken: token, accessTokenExpiresAt: expiresAt, refreshToken: refresh.text };
  }

  live(userId: string): Promise<readonly SessionRow[]> {
    return this.#parts.sessions.live(userId, this.#now(), MAX_SESSIONS + MAX_GRANTS);
  }

  /** Whether the session was the person's and live until now. */
  async end(userId: string, sessionId: string): Promise<boolean> {
    return this.#parts.database.transaction(async (tx) => {
      await this.#parts.users.lock(tx, userId);
      const ended = await this.#parts.sessions.end(tx, userId, [sessionId], this.#now());
      await this.#tell(tx, userId, ended);
      return ended.length > 0;
    });
  }

  /** All of a person's, in the transaction that locks them out. @returns how many */
  async endAll(tx: Tx, userId: string): Promise<number> {
    const ended = await this.#parts.sessions.endAll(tx, userId, this.#now());
    await this.#tell(tx, userId, ended);
    return ended.length;
  }

  /**
   * Sessions that ended since then, of those whose access tokens may still live. `asOf` is for the next call's `since`: a little in the past, so
   * that nothing that was being committed is passed over.
   */
  async revokedSince(since: number): Promise<{ readonly sessionIds: readonly string[]; readonly asOf: number }> {
    const now = this.#now().getTime();
    const oldest = now - this.#parts.config.accessTokenSeconds * 1_000 - LATE_COMMIT_MS;
    const sessionIds = await this.#parts.sessions.endedSince(new Date(Math.max(since, oldest)));
    return { sessionIds, asOf: Math.max(0, now - LATE_COMMIT_MS) };
  }

  seen(sessionIds: readonly string[]): Promise<void> {
    return this.#parts.sessions.seen(sessionIds, minuteOf(this.#now()));
  }

  /** Forgets sessions that were over a day ago. */
  sweep(): Promise<void> {
    return this.#parts.sessions.deleteOver(new Date(this.#now().getTime() - DAY_MS));
  }

  addressHash(address: string | null): string | null {
    return address === null ? null : mac(this.#addressKey, placeOf(address)).subarray(0, 16).toString('base64url');
  }

  expiry(now: Date): Date {
    return new Date(now.getTime() + this.#parts.config.sessionDays * DAY_MS);
  }

  async #isOperator(userId: string): Promise<boolean> {
    const { operators } = this.#parts.config;
    if (operators.length === 0) return false;
    const [user] = await this.#parts.users.byIds([userId]);
    return user !== undefined && operators.includes(user.handle);
  }

  #now(): Date {
    return this.#parts.clock.now();
  }

  async #tell(tx: Tx, userId: string, sessionIds: readonly string[]): Promise<void> {
    for (const sessionId of sessionIds) await this.#parts.outbox.append(tx, sessionRevoked, { userId, sessionId });
  }
}

export const minuteOf = (instant: Date): Date => new Date(Math.floor(instant.getTime() / MINUTE_MS) * MINUTE_MS);

/** What the client calls itself, cut to a size and without characters that no terminal or database wants. */
function deviceOf(userAgent: string | null): string | null {
  const device = [...(userAgent ?? '').replaceAll(/[\p{Cc}\p{Surrogate}]/gu, '').trim()].slice(0, MAX_DEVICE).join('');
  return device === '' ? null : device;
}
