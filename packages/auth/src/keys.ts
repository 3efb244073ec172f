import { createHmac, hkdfSync } from 'node:crypto';

/** Derives one purpose's key (32 bytes) from the installation's internal secret: HKDF-SHA-256 with the purpose as info. */
export function deriveKey(secret: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), purpose, 32));
}

/** HMAC-SHA-256 of `text`. */
export const mac = (key: Uint8Array, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** The same in base64url. */
export const macText = (key: Uint8Array, text: string): string => createHmac('sha256', key).update(text).digest('base64url');
