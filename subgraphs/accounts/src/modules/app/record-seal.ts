import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { deriveKey, mac } from '@plaza/auth/keys';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * What the table of the authorization server holds: ids as keyed hashes, since the id of a code or a token is the secret itself, and contents under
 * AES-256-GCM bound to their row. Who reads the table can neither use nor move anything.
 */
export class RecordSeal {
  readonly #contents: Buffer;
  readonly #ids: Buffer;

  /** `secret` is the installation's. */
  constructor(secret: Uint8Array) {
    this.#contents = deriveKey(secret, 'accounts oauth record');
    this.#ids = deriveKey(secret, 'accounts oauth id');
  }

  hash(kind: string, id: string): Buffer {
    return mac(this.#ids, `${kind} ${id}`);
  }

  seal(kind: string, id: string, content: unknown): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#contents, nonce).setAAD(this.hash(kind, id));
    const text = Buffer.concat([cipher.update(JSON.stringify(content)), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), text]);
  }

  /** @throws Error for what was not sealed here for this id */
  open(kind: string, id: string, sealed: Uint8Array): unknown {
    const bytes = Buffer.from(sealed);
    const text = NONCE_BYTES + TAG_BYTES;
    const decipher = createDecipheriv('aes-256-gcm', this.#contents, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(this.hash(kind, id)).setAuthTag(bytes.subarray(NONCE_BYTES, text));
    return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(text)), decipher.final()]).toString('utf8'));
  }
}
