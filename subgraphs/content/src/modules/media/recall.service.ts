import type { Tx } from '@plaza/db/database';
import type { Clock } from '@plaza/kernel/clock';
import { newId } from '@plaza/kernel/id';
import { Signal } from '@plaza/kernel/signal';
import type { Logger } from '@plaza/telemetry/logger';
import type { ClaimedRecall, RecallStore } from './recall.store.js';
import type { SharedCaches } from './shared-caches.js';

export interface RecallParts {
  readonly store: RecallStore;
  /** Null: there are none, and nothing is owed. */
  readonly caches: SharedCaches | null;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** So long they ask us each time: longer than they keep anything (media.routes.ts), what was on its way to them when they were told included. */
export const HELD_MS = 3 * 60_000;
/** Whoever does not take it is told again after this; what they kept before has had its time after {@link HELD_MS}. */
export const AGAIN_MS = 1_000;
/** Longer than all are told of one. */
const LEASE_MS = 10_000;
const AT_ONCE = 50;
const LOOK_MS = 1_000;

/**
 * Takes back from the caches before us what everybody could see and may see no longer. It is owed in the transaction that makes it so, and told when
 * that is committed, by any number of processes, until every cache has taken it. What is public all the same is only asked for more often.
 */
export class RecallService {
  readonly #parts: RecallParts;
  readonly #signal = new Signal();
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;

  constructor(parts: RecallParts) {
    this.#parts = parts;
    this.#ended = parts.caches === null ? Promise.resolve() : this.#run(parts.caches);
  }

  async media(tx: Tx, mediaIds: readonly string[]): Promise<void> {
    if (mediaIds.length > 0) await this.#owe(tx, (store, now) => store.oweMedia(tx, mediaIds, now));
  }

  /** What a post carries, if it is PUBLIC. */
  async post(tx: Tx, postId: string): Promise<void> {
    await this.#owe(tx, (store, now) => store.owePost(tx, postId, now));
  }

  /** All that somebody has shown to everybody. */
  async owner(tx: Tx, ownerId: string): Promise<void> {
    await this.#owe(tx, (store, now) => store.oweOwner(tx, ownerId, now));
  }

  /** Finishes what is being told. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#signal.raise();
    await this.#ended;
  }

  async #owe(tx: Tx, owe: (store: RecallStore, now: Date) => Promise<void>): Promise<void> {
    const { store, caches, clock } = this.#parts;
    if (caches === null) return;
    await owe(store, clock.now());
    tx.afterCommit(() => this.#signal.raise());
  }

  async #run(caches: SharedCaches): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const claimed = await this.#round(caches).catch((error: unknown) => {
        this.#parts.logger.warn({ err: error }, 'what caches are owed waits for the database');
        return 0;
      });
      if (claimed < AT_ONCE && !this.#stop.signal.aborted) await this.#signal.wait(LOOK_MS);
    }
  }

  async #round(caches: SharedCaches): Promise<number> {
    const { store } = this.#parts;
    const until = this.#in(LEASE_MS);
    const claimed = await store.claim(newId(), this.#in(0), { until, atMost: AT_ONCE });
    // Who was stopped until now says nothing any more: another has, and perhaps the opposite since.
    if (this.#in(0) < until) await Promise.all(claimed.map((recall) => this.#tell(recall, caches)));
    return claimed.length;
  }

  async #tell(recall: ClaimedRecall, caches: SharedCaches): Promise<void> {
    const { store } = this.#parts;
    const { address, toldAt } = recall;
    try {
      if (toldAt === null) {
        await caches.hold(address);
        return await store.told(recall, this.#in(0), this.#in(HELD_MS));
      }
      await caches.release(address);
      await store.letGo(recall, this.#in(0));
    } catch (error) {
      await this.#failed(recall, error);
    }
  }

  async #failed(recall: ClaimedRecall, error: unknown): Promise<void> {
    const { store, clock, logger } = this.#parts;
    const { address, askedAt, toldAt } = recall;
    const waitedMs = clock.now().getTime() - (toldAt ?? askedAt).getTime();
    if (waitedMs < (toldAt === null ? HELD_MS : 2 * HELD_MS)) return store.again(recall, this.#in(AGAIN_MS));
    logger.warn(
      { err: error, address },
      toldAt === null ? 'a cache did not take back a media' : 'a cache still asks for a media each time',
    );
    // The others were told, and are to be let go.
    if (toldAt === null) await store.told(recall, this.#in(0), this.#in(0));
    else await store.letGo(recall, this.#in(0));
  }

  #in(ms: number): Date {
    return new Date(this.#parts.clock.now().getTime() + ms);
  }
}
