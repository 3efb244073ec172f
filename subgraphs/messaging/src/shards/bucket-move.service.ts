import type { Database } from '@plaza/db/database';
import { BucketCopyStore } from './bucket-copy.store.js';
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
 * started again.
 */
export class BucketMoveService {
  readonly #home: Database<unknown>;
  readonly #shards: Shards;
  readonly #copies = new BucketCopyStore();

  constructor(home: Database<unknown>, shards: Shards) {
    this.#home = home;
    this.#shards = shards;
  }

  /** @throws Error for a bucket or a shard that is none */
  async move(bucket: number, shard: number): Promise<Moving> {
    if (!Number.isInteger(bucket) || bucket < 0 || bucket >= BUCKETS) throw new Error(`there is no bucket ${bucket}`);
    const to = this.#shards.databases[shard];
    if (to === undefined) throw new Error(`there is no shard ${shard}`);
    // One at a time a bucket.
    return this.#home.transaction(async (turn) => {
      await ShardMapStore.freeze(turn, BUCKETS + bucket);
      const { shard: before, generation } = await this.#shards.placeOf(bucket);
      const from = this.#shards.databases[before];
      if (before === shard || from === undefined) {
        await this.#clearOthers(bucket, shard);
        return { kind: 'isThere' };
      }
      for (let round = 0; round < MAX_ROUNDS && (await this.#copies.round(bucket, from, to)) > 0; round += 1)
        // Held already: only so that the transaction is not taken for one that was forgotten.
        await ShardMapStore.freeze(turn, BUCKETS + bucket);
      const place = { bucket, shard, generation: generation + 1 };
      const frozenMs = await this.#finish(from, to, place);
      await this.#shards.map.put(place);
      await this.#copies.clear(bucket, from);
      return { kind: 'moved', frozenMs };
    });
  }

  /** What a mover has left that was stopped. */
  async #clearOthers(bucket: number, shard: number): Promise<void> {
    for (const [other, database] of this.#shards.databases.entries()) if (other !== shard) await this.#copies.clear(bucket, database);
  }

  /** What was written since the last round, and the note of where it has gone: nobody writes in between. */
  async #finish(from: Database<unknown>, to: Database<unknown>, place: Place): Promise<number> {
    return from.transaction(async (tx) => {
      await ShardMapStore.freeze(tx, place.bucket);
      const since = performance.now();
      await this.#copies.round(place.bucket, tx, to);
      await ShardMapStore.give(tx, place);
      return performance.now() - since;
    });
  }
}
