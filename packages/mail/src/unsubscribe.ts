import { deriveKey } from '@plaza/auth/keys';
import { seal, unseal } from '@plaza/auth/seal';
import { z } from 'zod';

const PURPOSE = Buffer.from('unsubscribe');

/** Who does not want what any more. `list` is of the sender's closed list: `digest`. */
export interface Unsubscription {
  readonly userId: string;
  readonly list: string;
}

const Sealed = z.tuple([z.uuid(), z.string()]);

/**
 * Tokens that take somebody off a list without signing in. They tell nothing, are good for nothing else and never run out: a link
 * in an old mail must work.
 */
export class UnsubscribeTokens {
  readonly #key: Buffer;

  /** `secret` is the installation's. */
  constructor(secret: Uint8Array) {
    this.#key = deriveKey(secret, 'mail unsubscribe');
  }

  seal({ userId, list }: Unsubscription): string {
    return seal(this.#key, PURPOSE, [userId, list]).toString('base64url');
  }

  /** Null for everything that was not sealed here. */
  open(token: string): Unsubscription | null {
    try {
      const [userId, list] = Sealed.parse(unseal(this.#key, PURPOSE, Buffer.from(token, 'base64url')));
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
