import { deriveKey } from './keys.js';
import { seal, unseal } from './seal.js';

/**
 * Cursors of live streams tell nothing and fit only their stream and viewer: sealed for (stream, viewer).
 */
export class SealedCursors {
  readonly #key: Buffer;

  constructor(secret: Uint8Array) {
    this.#key = deriveKey(secret, 'live cursor');
  }

  /** `position` is whatever the stream resumes from, as JSON. */
  seal(stream: string, viewerId: string | null, position: unknown): string {
    return seal(this.#key, boundTo(stream, viewerId), position).toString('base64url');
  }

  /** The position, or null for a cursor of another stream, viewer or installation. */
  open(stream: string, viewerId: string | null, cursor: string): unknown {
    try {
      return unseal(this.#key, boundTo(stream, viewerId), Buffer.from(cursor, 'base64url'));
    } catch {
      return null;
    }
  }
}

const boundTo = (stream: string, viewerId: string | null): Buffer => Buffer.from(`${stream} ${viewerId ?? 'guest'}`);
