import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { deriveKey, mac } from '@plaza/auth/keys';

/** A refresh token that Plaza made, taken apart. That it was made here says nothing of whether it is still good. */
export interface RefreshToken {
  readonly sessionId: string;
  readonly text: string;
  readonly hash: Buffer;
}

const ID = 16;
const SECRET = 32;
const SEAL = 16;

/**
 * Refresh tokens: the session's id, 256 secret bits, a seal. To clients they are opaque. The secret of the first one is random; that of each
 * successor follows from the token that it replaces and the client's key, so a repeated request brings the same successor though nothing but
 * hashes is stored. The seal tells an old token of ours, whose second use ends its session, from words that somebody made up to end it.
 */
export class RefreshTokens {
  readonly #successors: Buffer;
  readonly #seals: Buffer;

  constructor(secret: Uint8Array) {
    this.#successors = deriveKey(secret, 'accounts refresh successor');
    this.#seals = deriveKey(secret, 'accounts refresh seal');
  }

  first(sessionId: string): RefreshToken {
    return this.#make(sessionId, randomBytes(SECRET));
  }

  successor(token: RefreshToken, key: string): RefreshToken {
    return this.#make(token.sessionId, mac(this.#successors, `${token.text} ${key}`));
  }

  /** Null for everything that was not made here. */
  open(text: string): RefreshToken | null {
    const bytes = Buffer.from(text, 'base64url');
    // Only the canonical spelling: else one token would have several hashes.
    if (bytes.length !== ID + SECRET + SEAL || bytes.toString('base64url') !== text) return null;
    const body = bytes.subarray(0, ID + SECRET);
    if (!timingSafeEqual(bytes.subarray(ID + SECRET), this.#seal(body))) return null;
    return { sessionId: uuidOf(body.subarray(0, ID)), text, hash: hashOf(text) };
  }

  #make(sessionId: string, secret: Buffer): RefreshToken {
    const body = Buffer.concat([Buffer.from(sessionId.replaceAll('-', ''), 'hex'), secret]);
    const text = Buffer.concat([body, this.#seal(body)]).toString('base64url');
    return { sessionId, text, hash: hashOf(text) };
  }

  #seal(body: Buffer): Buffer {
    return mac(this.#seals, body.toString('base64url')).subarray(0, SEAL);
  }
}

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();

function uuidOf(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5');
}
