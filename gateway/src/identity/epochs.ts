import { unavailable } from '@plaza/kernel/fault';
import type { LiveBus } from '@plaza/live/live-bus';
import { LRUCache } from 'lru-cache';

/** The epoch of a person now: it rises whenever what they may see changes. @throws Fault UNAVAILABLE */
export type ReadEpoch = (userId: string) => Promise<number>;

/** So long the last known epoch goes on when its owner is away. */
export const EPOCH_DEGRADED_MS = 60_000;
const KEPT = 100_000;
const CHANNEL = 'gateway:epochs';

/** What was known of a person, and since when all gateways have told each other of changes. */
interface Known {
  readonly epoch: number;
  readonly readAt: number;
  readonly hearing: object | null;
}

/**
 * The viewer's epoch, read for each request: caches behind it are keyed by it, so nothing there needs invalidating.
 *
 * An epoch that is known goes on while its owner is away, and a block holds from its answer on all the same: the gateway that carries
 * the answer of a mutation takes the epochs that it has left, and tells the other gateways, before the client has it.
 */
export class Epochs {
  readonly #read: ReadEpoch;
  readonly #now: () => number;
  readonly #bus: LiveBus;
  readonly #last = new LRUCache<string, Known>({ max: KEPT });

  /** `bus` is the one between all gateways. */
  constructor(read: ReadEpoch, now: () => number, bus: LiveBus) {
    this.#read = read;
    this.#now = now;
    this.#bus = bus;
  }

  /** Listens to the other gateways for as long as there is a bus. */
  async start(): Promise<void> {
    await this.#bus.attach(CHANNEL, (message) => {
      if (message !== '') this.#take(JSON.parse(message) as Readonly<Record<string, number>>); // what another gateway wrote
    });
  }

  /**
   * The epoch now, or while its owner is away the last one known for {@link EPOCH_DEGRADED_MS}; not one from before the gateways lost each other.
   * @throws Fault UNAVAILABLE
   */
  async current(userId: string): Promise<number> {
    try {
      return await this.exact(userId);
    } catch (error) {
      const last = this.#last.get(userId);
      const isKnown =
        last !== undefined && last.hearing !== null && last.hearing === this.#bus.hearing && this.#now() - last.readAt <= EPOCH_DEGRADED_MS;
      if (!isKnown) throw unavailable('What the viewer may see', error);
      return last.epoch;
    }
  }

  /** The epoch now and no older one. @throws Fault UNAVAILABLE */
  async exact(userId: string): Promise<number> {
    const { hearing } = this.#bus;
    return this.#keep(userId, await this.#read(userId), hearing);
  }

  /** Epochs that a mutation has left, before its answer goes out. */
  left(epochs: Readonly<Record<string, number>>): void {
    this.#take(epochs);
    this.#bus.publish(CHANNEL, JSON.stringify(epochs));
  }

  #take(epochs: Readonly<Record<string, number>>): void {
    const { hearing } = this.#bus;
    for (const [userId, epoch] of Object.entries(epochs)) this.#keep(userId, epoch, hearing);
  }

  /** Answers may overtake each other; an epoch never goes back. */
  #keep(userId: string, epoch: number, hearing: object | null): number {
    const newest = Math.max(epoch, this.#last.get(userId)?.epoch ?? 0);
    this.#last.set(userId, { epoch: newest, readAt: this.#now(), hearing });
    return newest;
  }
}
