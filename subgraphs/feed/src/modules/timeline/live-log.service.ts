import type { Tx } from '@plaza/db/database';
import type { Clock } from '@plaza/kernel/clock';
import type { LiveBus } from '@plaza/live/live-bus';
import type { FeedConfig } from '../../config.js';
import { actorChannel, readerChannel } from '../../live-channels.js';
import type { LinePlace, LiveLogStore, TouchedPosts, TouchKind } from './live-log.store.js';

const DAY_MS = 86_400_000;

/** A post whose place in feeds may have changed by what the actor did; null: by what happened to the post itself. */
export interface TouchedPost {
  readonly postId: string;
  readonly actorId: string | null;
  readonly kind: TouchKind;
}

/** Writes the live logs and wakes those who follow them. A line comes with the transaction that it tells of, the hint after its commit. */
export class LiveLog {
  readonly #store: LiveLogStore;
  readonly #bus: LiveBus;
  readonly #config: FeedConfig;
  readonly #clock: Clock;

  constructor(store: LiveLogStore, bus: LiveBus, config: FeedConfig, clock: Clock) {
    this.#store = store;
    this.#bus = bus;
    this.#config = config;
    this.#clock = clock;
  }

  /** For all who follow those of its actors that are pulled, and became so only after `pulledAfter`. */
  async touchActors(tx: Tx, place: LinePlace, post: TouchedPost, pulledAfter?: number): Promise<void> {
    const actorIds = await this.#store.touchActors(tx, place, post, pulledAfter);
    tx.afterCommit(() => {
      for (const actorId of actorIds) this.#bus.publish(actorChannel(actorId), '');
    });
  }

  async touchReaders(tx: Tx, place: LinePlace, postId: string, kind: TouchKind, readerIds: readonly string[]): Promise<void> {
    if (readerIds.length === 0) return;
    await this.#store.touchReaders(tx, place, postId, kind, readerIds);
    this.wakeReaders(tx, readerIds);
  }

  /** What an actor brought, for one reader. */
  async touchPostsOf(tx: Tx, place: LinePlace, actorId: string, readerId: string, which: TouchedPosts = 'ALL'): Promise<void> {
    const seenSince = new Date(this.#clock.now().getTime() - this.#config.keepReaderDays * DAY_MS);
    await this.#store.touchPostsOf(tx, place, actorId, readerId, which, seenSince);
    this.wakeReaders(tx, [readerId]);
  }

  /** One follows the other, or no longer: what the followee brought, and what the follower made for mutuals. */
  async touchFollow(tx: Tx, place: LinePlace, followerId: string, followeeId: string): Promise<void> {
    await this.touchPostsOf(tx, place, followeeId, followerId);
    await this.touchPostsOf(tx, place, followerId, followeeId, 'FOR_MUTUALS');
  }

  /** Something came back of which nobody knows how much it is. */
  async resync(tx: Tx, place: LinePlace, readerId: string): Promise<void> {
    await this.#store.resync(tx, place, readerId);
    this.wakeReaders(tx, [readerId]);
  }

  /** Also where no line was written: whom they follow may be pulled from now on. */
  wakeReaders(tx: Tx, readerIds: readonly string[]): void {
    tx.afterCommit(() => {
      for (const readerId of readerIds) this.#bus.publish(readerChannel(readerId), '');
    });
  }
}
