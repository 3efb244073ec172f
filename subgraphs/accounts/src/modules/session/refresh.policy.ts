import type { TokenFamily } from './session.store.js';

/** So many of a session's last tokens are remembered, to know a repeated request again that comes late. */
const REMEMBERED = 4;

/** Whether a session still gives out tokens: a suspended or erased person has none. */
export function mayRefresh({ userState, expiresAt, endedAt }: TokenFamily, now: Date): boolean {
  return endedAt === null && expiresAt > now && (userState === 'ACTIVE' || userState === 'DEACTIVATED');
}

export type Decision =
  /** The present token: the successor takes its place. */
  | { readonly kind: 'next'; readonly tokenHashes: readonly Buffer[] }
  /** This very trade was made before: the same successor again. */
  | { readonly kind: 'repeat' }
  /** An old token with another key: somebody has a copy. */
  | { readonly kind: 'reused' };

/** What is to be done with a genuine token of this family. `hashes` begins with the present one; the successor depends on token and key. */
export function trade(hashes: readonly Buffer[], token: Buffer, successor: Buffer): Decision {
  if (hashes[0]?.equals(token)) return { kind: 'next', tokenHashes: [successor, ...hashes].slice(0, REMEMBERED) };
  return hashes.some((hash) => hash.equals(successor)) ? { kind: 'repeat' } : { kind: 'reused' };
}
