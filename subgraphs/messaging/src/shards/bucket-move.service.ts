import type { Database } from '@plaza/db/database';
import { stillHolds } from '@plaza/db/lock';
import { BucketCopyStore } from './bucket-copy.store.js';
import { BucketMoverStore, type Mover } from './bucket-mover.store.js';
import { BUCKETS } from './bucket.js';
import { type Place, ShardMapStore } from './shard-map.store.js';
import type { Shards } from './shards.js';

/** Rounds of copying before the bucket is frozen for the last one, however much is still written. */
const MAX_ROUNDS = 3;

export type Moving =
  /** `frozenMs`: so long nobody could write into it. */
  { readonly kind: 'moved'; readonly frozenMs: number } | { readonly kind: 'isThere' };

/**
 * Moves a bucket to another shard while it is in use. Stopped anywhere, it leaves the bucket where it was or where it goes, whole; then it is simply
 * started again. One that stood still for so long that another has taken over writes nothing more.
 */
export class BucketMoveService {
  readonly #home: Database<unknown>;
  readonly #shards: Shards;
  readonly #copies = new BucketCopyStore();
  readonly #movers = new BucketMoverStore();

  constructor(home: Database<unknown>, shards: Shards) {
    this.#home = home;
    this.#shards = shards;
  }

  /** @throws Error for a bucket or a shard that is none; OvertakenError when another mover has taken it for dead */
  async move(bucket: number, shard: number): Promise<Moving> {
    if (!Number.isInteger(bucket) || bucket < 0 || bucket >= BUCKETS) throw new Error(`there is no bucket ${bucket}`);
    const to = this.#shards.databases[shard];
    if (to === undefined) throw new Error(`there is no shard ${shard}`);
    // One at a time a bucket.
    return this.#home.transaction(async (turn) => {
      await ShardMapStore.freeze(turn, BUCKETS + bucket);
      const goesOn = (): Promise<void> => stillHolds(turn);
      const mover = await this.#movers.begin(this.#home, bucket);
      const before = await this.#enterWhereItIs(mover);
      const from = this.#shards.databases[before.shard];
      if (before.shard === shard || from === undefined) {
        await this.#clearOthers(mover, shard, goesOn);
        return { kind: 'isThere' };
      }
      await this.#movers.enter(mover, to);
      for (let round = 0; round < MAX_ROUNDS && (await this.#copies.round(mover, from, to, goesOn)) > 0;) round += 1;
      const place = { bucket, shard, generation: before.generation + 1 };
      const frozenMs = await this.#finish(mover, from, to, place, goesOn);
      await this.#shards.map.put(place);
      await this.#copies.clear(mover, from, goesOn);
      return { kind: 'moved', frozenMs };
    });
  }

  /** Where the bucket is, also when a mover was stopped before it could say so; from there nobody before this mover gives it away any more. */
  async #enterWhereItIs(mover: Mover): Promise<Place> {
    for (let place = await this.#shards.placeOf(mover.bucket); ;) {
      const shard = this.#shards.databases[place.shard];
      if (shard === undefined) return place;
      await this.#movers.enter(mover, shard);
      const gone = await shard.transaction((tx) => ShardMapStore.goneTo(tx, mover.bucket));
      if (gone === null || gone.generation <= place.generation) return place;
      await this.#shards.map.put(gone);
      place = gone;
    }
  }

  /** What a mover has left that was stopped. */
  async #clearOthers(mover: Mover, shard: number, goesOn: () => Promise<void>): Promise<void> {
    for (const [other, database] of this.#shards.databases.entries()) {
      if (other === shard) continue;
      await this.#movers.enter(mover, database);
      await this.#copies.clear(mover, database, goesOn);
    }
  }

  /** What was written since the last round, and the note of where it has gone: nobody writes in between. */
  async #finish(mover: Mover, from: Database<unknown>, to: Database<unknown>, place: Place, goesOn: () => Promise<void>): Promise<number> {
    return from.transaction(async (tx) => {
      await this.#movers.hold(tx, mover);
      await ShardMapStore.freeze(tx, place.bucket);
      const since = performance.now();
      await this.#copies.round(mover, tx, to, goesOn);
      await ShardMapStore.give(tx, place);
      return performance.now() - since;
    });
  }
}
