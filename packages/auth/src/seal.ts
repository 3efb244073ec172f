import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** JSON under AES-256-GCM: nonce (12 bytes), tag (16), text. It opens with the same key (32 bytes) and the same `bound` alone, and no two are alike. */
export function seal(key: Uint8Array, bound: Uint8Array, content: unknown): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(bound);
  const text = Buffer.concat([cipher.update(JSON.stringify(content)), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]);
}

/** What was sealed. @throws Error for everything that {@link seal} did not make with this key for what it is bound to */
export function unseal(key: Uint8Array, bound: Uint8Array, sealed: Uint8Array): unknown {
  const text = NONCE_BYTES + TAG_BYTES;
  // A shorter tag would be easier to guess, and Node takes one.
  if (sealed.length <= text) throw new Error('too short to have been sealed');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(bound).setAuthTag(sealed.subarray(NONCE_BYTES, text));
  return JSON.parse(Buffer.concat([decipher.update(sealed.subarray(text)), decipher.final()]).toString('utf8'));
}
