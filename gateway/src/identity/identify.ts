import type { AccessTokens } from './access-token.js';
import { notAccepted, OWN_CLIENT } from './access-token.js';
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

/** Somebody else's app. */
export interface App {
  readonly clientId: string;
  readonly scopes: readonly string[];
}

/** Whose token it is: both null for a guest; an app with a person asks in that person's place. */
export interface Asker {
  readonly identity: Identity | null;
  /** Null for Plaza's own clients. */
  readonly app: App | null;
}

export const GUEST: Asker = { identity: null, app: null };

export interface IdentityParts {
  readonly tokens: AccessTokens;
  readonly revoked: RevokedSessions;
  readonly seen: SessionsSeen;
}

/**
 * From the value of an Authorization header to whose it is; a guest sends none.
 * @throws Fault UNAUTHENTICATED for a header that does not hold: whoever shows a bad token is no guest
 */
export async function identify(authorization: string | undefined, { tokens, revoked, seen }: IdentityParts): Promise<Asker> {
  if (authorization === undefined || authorization === '') return GUEST;
  const token = /^Bearer +([\w.~+/-]+=*)$/iu.exec(authorization)?.[1];
  if (token === undefined) throw notAccepted();
  const { person, clientId, scopes, expiresAt } = await tokens.verify(token);
  const app = clientId === OWN_CLIENT ? null : { clientId, scopes };
  if (person === null) return { identity: null, app };
  if (revoked.has(person.sessionId)) throw notAccepted();
  seen.note(person.sessionId);
  return { identity: { userId: person.userId, sessionId: person.sessionId, scopes, expiresAt }, app };
}
