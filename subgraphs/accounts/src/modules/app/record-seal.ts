import { deriveKey, mac } from '@plaza/auth/keys';
import { seal, unseal } from '@plaza/auth/seal';

/**
 * What the table of the authorization server holds: ids as keyed hashes, since the id of a code or a token is the secret itself, and contents
 * sealed for their row. Who reads the table can neither use nor move anything.
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
    return seal(this.#contents, this.hash(kind, id), content);
  }

  /** @throws Error for what was not sealed here for this id */
  open(kind: string, id: string, sealed: Uint8Array): unknown {
    return unseal(this.#contents, this.hash(kind, id), sealed);
  }
}
