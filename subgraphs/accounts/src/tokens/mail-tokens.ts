import { createHash, randomBytes } from 'node:crypto';
import { deriveKey, mac } from '@plaza/auth/keys';

/** What a mail lets its reader do. */
export type MailPurpose = 'VERIFY_EMAIL' | 'RESET_PASSWORD' | 'CONFIRM_EMAIL' | 'UNDO_EMAIL';

/** What is stored of a token. */
export interface MailTokenSecrets {
  /** 256 random bits. */
  readonly seed: Buffer;
  /** SHA-256 of the token. */
  readonly hash: Buffer;
}

const SECRET_BYTES = 32;

/**
 * The tokens of mails: 256 bits that follow from a random seed, the purpose and the installation's secret. So a mail that is sent again carries the
 * same token though no table holds it, and who reads the tables can make none.
 */
export class MailTokens {
  readonly #key: Buffer;

  constructor(secret: Uint8Array) {
    this.#key = deriveKey(secret, 'accounts mail token');
  }

  make(purpose: MailPurpose): MailTokenSecrets {
    const seed = randomBytes(SECRET_BYTES);
    return { seed, hash: hashOf(this.text(purpose, seed)) };
  }

  /** The token itself, for the mail. */
  text(purpose: MailPurpose, seed: Uint8Array): string {
    return mac(this.#key, `${purpose} ${Buffer.from(seed).toString('base64url')}`).toString('base64url');
  }

  /** What to look a given token up by; null for what can be none. People copy spaces along. */
  hash(text: string): Buffer | null {
    const token = text.trim();
    return /^[\w-]{43}$/u.test(token) ? hashOf(token) : null;
  }
}

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();
