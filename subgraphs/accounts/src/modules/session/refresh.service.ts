import type { Database } from '@plaza/db/database';
import type { Clock } from '@plaza/kernel/clock';
import { badUserInput } from '@plaza/kernel/fault';
import type { Limits } from '../../limits/limits.js';
import type { RefreshToken, RefreshTokens } from '../../tokens/refresh-tokens.js';
import { mayRefresh, trade } from './refresh.policy.js';
import { minuteOf, type SessionService, type SessionTokens } from './session.service.js';
import type { SessionStore } from './session.store.js';

export type Refresh = { readonly kind: 'refreshed'; readonly tokens: SessionTokens } | { readonly kind: 'revoked' };

type Trade = { readonly kind: 'good' | 'reused'; readonly userId: string } | { readonly kind: 'over' };

export interface RefreshParts {
  readonly database: Database<unknown>;
  readonly store: SessionStore;
  readonly sessions: SessionService;
  readonly refreshTokens: RefreshTokens;
  readonly limits: Limits;
  readonly clock: Clock;
}

/** Trades refresh tokens. */
export class RefreshService {
  readonly #parts: RefreshParts;

  constructor(parts: RefreshParts) {
    this.#parts = parts;
  }

  /** @throws Fault RATE_LIMITED; BAD_USER_INPUT for a key outside its bounds. */
  async refresh(input: { readonly refreshToken: string; readonly key: string }, address: string | null): Promise<Refresh> {
    if (input.key.length < 8 || input.key.length > 100) throw badUserInput('idempotencyKey must have 8 to 100 characters.');
    await this.#parts.limits.refresh(address);
    const token = this.#parts.refreshTokens.open(input.refreshToken);
    if (token === null) return { kind: 'revoked' };
    const successor = this.#parts.refreshTokens.successor(token, input.key);
    const outcome = await this.#trade(token, successor);
    switch (outcome.kind) {
      case 'good':
        return { kind: 'refreshed', tokens: await this.#parts.sessions.tokens(outcome.userId, successor) };
      case 'reused':
        // A transaction of its own, because the person's row is locked before the session's everywhere.
        await this.#parts.sessions.end(outcome.userId, token.sessionId);
        return { kind: 'revoked' };
      case 'over':
        return { kind: 'revoked' };
    }
  }

  #trade(token: RefreshToken, successor: RefreshToken): Promise<Trade> {
    const { database, store, sessions, clock } = this.#parts;
    return database.transaction(async (tx): Promise<Trade> => {
      const family = await store.lockFamily(tx, token.sessionId);
      const now = clock.now();
      if (family === null || !mayRefresh(family, now)) return { kind: 'over' };
      const { userId } = family;
      const decision = trade(family.tokenHashes, token.hash, successor.hash);
      if (decision.kind === 'reused') return { kind: 'reused', userId };
      if (decision.kind === 'next') {
        await store.rotate(tx, token.sessionId, {
          tokenHashes: decision.tokenHashes,
          seenAt: minuteOf(now),
          expiresAt: sessions.expiry(now),
        });
      }
      return { kind: 'good', userId };
    });
  }
}
