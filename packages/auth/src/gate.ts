import { timingSafeEqual } from 'node:crypto';
import { deriveKey, mac } from './keys.js';

const MINUTE_MS = 60_000;
const LENGTH = 16;

/**
 * A gate is the owner's short proof that this viewer may see this post now: a MAC over (id, viewer, minute). The owner hands it out with the
 * post; whoever adds fields to posts checks it and needs to ask nobody. Good for the minute of its making and the next one.
 */
export class Gates {
  readonly #key: Buffer;

  constructor(secret: Uint8Array) {
    this.#key = deriveKey(secret, 'gate');
  }

  /** `viewerId` is null for a guest. */
  mint(postId: string, viewerId: string | null): string {
    return this.#mac(postId, viewerId, Math.floor(Date.now() / MINUTE_MS)).toString('base64url');
  }

  opens(gate: string | null | undefined, postId: string, viewerId: string | null): boolean {
    if (gate == null) return false;
    const given = Buffer.from(gate, 'base64url');
    if (given.length !== LENGTH) return false;
    const minute = Math.floor(Date.now() / MINUTE_MS);
    return [minute, minute - 1].some((at) => timingSafeEqual(given, this.#mac(postId, viewerId, at)));
  }

  #mac(postId: string, viewerId: string | null, minute: number): Buffer {
    return mac(this.#key, `${postId} ${viewerId ?? 'guest'} ${minute}`).subarray(0, LENGTH);
  }
}
