import { unavailable } from '@plaza/kernel/fault';
import { LRUCache } from 'lru-cache';

/** The epoch of a person now: it rises whenever what they may see changes. @throws Fault UNAVAILABLE */
export type ReadEpoch = (userId: string) => Promise<number>;

/** So long the last known epoch goes on when its owner is away. */
export const EPOCH_DEGRADED_MS = 60_000;
const KEPT = 100_000;

/** The viewer's epoch, read for each request: caches behind it are keyed by it, so nothing there needs invalidating. */
export class Epochs {
  readonly #read: ReadEpoch;
  readonly #now: () => number;
  readonly #last = new LRUCache<string, { readonly epoch: number; readonly readAt: number }>({ max: KEPT });

  constructor(read: ReadEpoch, now: () => number) {
    this.#read = read;
    this.#now = now;
  }

  /** The epoch now, or while its owner is away the last one known for {@link EPOCH_DEGRADED_MS}. @throws Fault UNAVAILABLE */
  async current(userId: string): Promise<number> {
    try {
      return await this.exact(userId);
    } catch (error) {
      const last = this.#last.get(userId);
      if (last === undefined || this.#now() - last.readAt > EPOCH_DEGRADED_MS) throw unavailable('What the viewer may see', error);
      return last.epoch;
    }
  }

  /** The epoch now and no older one. @throws Fault UNAVAILABLE */
  async exact(userId: string): Promise<number> {
    const epoch = await this.#read(userId);
    // Answers may overtake each other; an epoch never goes back.
    const known = this.#last.get(userId)?.epoch ?? 0;
    const newest = Math.max(epoch, known);
    this.#last.set(userId, { epoch: newest, readAt: this.#now() });
    return newest;
  }
}
