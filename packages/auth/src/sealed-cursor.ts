import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { deriveKey } from './keys.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Cursors of live streams tell nothing and fit only their stream and viewer: AES-256-GCM with (stream, viewer) as additional data.
 */
export class SealedCursors {
  readonly #key: Buffer;

  constructor(secret: Uint8Array) {
    this.#key = deriveKey(secret, 'live cursor');
  }

  /** `position` is whatever the stream resumes from, as JSON. */
  seal(stream: string, viewerId: string | null, position: unknown): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(aad(stream, viewerId));
    const text = Buffer.concat([cipher.update(JSON.stringify(position)), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url');
  }

  /** The position, or null for a cursor of another stream, viewer or installation. */
  open(stream: string, viewerId: string | null, cursor: string): unknown {
    const bytes = Buffer.from(cursor, 'base64url');
    const text = NONCE_BYTES + TAG_BYTES;
    // A shorter tag would be easier to guess, and Node takes one.
    if (bytes.length <= text) return null;
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAAD(aad(stream, viewerId)).setAuthTag(bytes.subarray(NONCE_BYTES, text));
      return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(text)), decipher.final()]).toString('utf8'));
    } catch {
      return null;
    }
  }
}

const aad = (stream: string, viewerId: string | null): Buffer => Buffer.from(`${stream} ${viewerId ?? 'guest'}`);
