import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { deriveKey } from '@plaza/auth/keys';
import { z } from 'zod';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PURPOSE = Buffer.from('unsubscribe');

/** Who does not want what any more. `list` is of the sender's closed list: `digest`. */
export interface Unsubscription {
  readonly userId: string;
  readonly list: string;
}

const Sealed = z.tuple([z.uuid(), z.string()]);

/**
 * Tokens that take somebody off a list without signing in. They tell nothing (AES-256-GCM), are good for nothing else and never run out: a link
 * in an old mail must work.
 */
export class UnsubscribeTokens {
  readonly #key: Buffer;

  /** `secret` is the installation's. */
  constructor(secret: Uint8Array) {
    this.#key = deriveKey(secret, 'mail unsubscribe');
  }

  seal({ userId, list }: Unsubscription): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(PURPOSE);
    const text = Buffer.concat([cipher.update(JSON.stringify([userId, list])), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url');
  }

  /** Null for everything that was not sealed here. */
  open(token: string): Unsubscription | null {
    const bytes = Buffer.from(token, 'base64url');
    const text = NONCE_BYTES + TAG_BYTES;
    if (bytes.length <= text) return null;
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAAD(PURPOSE).setAuthTag(bytes.subarray(NONCE_BYTES, text));
      const opened = Buffer.concat([decipher.update(bytes.subarray(text)), decipher.final()]).toString('utf8');
      const [userId, list] = Sealed.parse(JSON.parse(opened));
      return { userId, list };
    } catch {
      return null;
    }
  }
}

/** The headers by which mail programs show a button (RFC 2369, RFC 8058). A POST to `url` must unsubscribe without further questions, a GET must not. */
export const unsubscribeHeaders = (url: string): Readonly<Record<string, string>> => ({
  'List-Unsubscribe': `<${url}>`,
  'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
});
