import type { AccessTokens } from './access-token.js';
import { notAccepted } from './access-token.js';
import type { RevokedSessions } from './revoked-sessions.js';
import type { SessionsSeen } from './sessions-seen.js';

/** A signed-in person, before anything about them was read. */
export interface Identity {
  readonly userId: string;
  readonly sessionId: string;
  readonly scopes: readonly string[];
  /** When their token ends, in milliseconds since 1970. */
  readonly expiresAt: number;
}

export interface IdentityParts {
  readonly tokens: AccessTokens;
  readonly revoked: RevokedSessions;
  readonly seen: SessionsSeen;
}

/**
 * From the value of an Authorization header to a person; null for a guest, who sends none.
 * @throws Fault UNAUTHENTICATED for a header that does not hold: whoever shows a bad token is no guest
 */
export async function identify(authorization: string | undefined, { tokens, revoked, seen }: IdentityParts): Promise<Identity | null> {
  if (authorization === undefined || authorization === '') return null;
  const token = /^Bearer +([\w.~+/-]+=*)$/iu.exec(authorization)?.[1];
  if (token === undefined) throw notAccepted();
  const { userId, sessionId, scopes, expiresAt } = await tokens.verify(token);
  if (revoked.has(sessionId)) throw notAccepted();
  seen.note(sessionId);
  return { userId, sessionId, scopes, expiresAt };
}
