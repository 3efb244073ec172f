import type { Database, Tx } from '@plaza/db/database';
import { TogetherReader } from '@plaza/kernel/together-reader';
import { bucketOf } from './bucket.js';
import { type Place, ShardMapStore } from './shard-map.store.js';

/** So often a bucket may move away under one piece of work. */
const MAX_MOVES = 5;

class BucketIsGone extends Error {
  readonly place: Place;

  constructor(place: Place) {
    super(`bucket ${place.bucket} has moved`);
    this.place = place;
  }
}

/**
 * The databases that hold conversations. Whoever works on one names it by its id and is given its shard; that a bucket moves meanwhile is seen to
 * here. With one database there is nothing to look up and nothing to hold.
 */
export class Shards {
  readonly databases: readonly Database<unknown>[];
  readonly map: ShardMapStore;
  #places: ReadonlyMap<number, Place> = new Map();
  #isLoaded = false;

  /** @param databases the first one is where a bucket is that was never moved */
  constructor(databases: readonly Database<unknown>[], map: ShardMapStore) {
    this.databases = databases;
    this.map = map;
  }

  /**
   * Reads rows of some conversations: `read` is called once for each shard that holds some of them. What it has read may come from a bucket that
   * moved away meanwhile; then it is called again.
   */
  async read<Row>(
    conversationIds: readonly string[],
    read: (database: Pick<Database<unknown>, 'sql'>, ids: readonly string[]) => Promise<readonly Row[]>,
  ): Promise<readonly Row[]> {
    const ids = [...new Set(conversationIds)];
    if (ids.length === 0) return [];
    await this.#loadedOnce();
    for (let moves = 0; ; moves += 1) {
      const parts = new Map<number, string[]>();
      for (const id of ids) {
        const { shard } = this.#placeOf(bucketOf(id));
        parts.set(shard, [...(parts.get(shard) ?? []), id]);
      }
      const before = ids.map((id) => this.#placeOf(bucketOf(id)).generation);
      const rows = await Promise.all([...parts].map(([shard, part]) => read(this.#database(shard), part)));
      if (this.databases.length === 1) return rows.flat();
      await this.#load();
      if (moves === MAX_MOVES || ids.every((id, index) => this.#placeOf(bucketOf(id)).generation === before[index])) return rows.flat();
    }
  }

  /**
   * Asks about conversations together with all who ask at the same moment, those of one shard at once: one that is away takes along nobody who
   * asks about another. `read` reads through {@link Shards.read}, which knows where a bucket is.
   */
  together<Question extends { readonly conversationId: string }, Answer>(options: {
    readonly keyOf: (question: Question) => string;
    readonly read: (questions: readonly Question[]) => Promise<readonly Answer[]>;
  }): (questions: readonly Question[]) => Promise<readonly Answer[]> {
    const readers = this.databases.map(() => new TogetherReader(options));
    return (questions) =>
      Promise.all(
        questions.map((question) => {
          const { shard } = this.#placeOf(bucketOf(question.conversationId));
          const reader = readers[shard];
          if (reader === undefined) throw this.#unknown(shard);
          return reader.ask(question);
        }),
      );
  }

  /** One transaction on the shard of a conversation, which stays there until it ends. */
  async write<T>(conversationId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    const bucket = bucketOf(conversationId);
    await this.#loadedOnce();
    for (let moves = 0; ; moves += 1) {
      const { shard, generation } = this.#placeOf(bucket);
      try {
        return await this.#database(shard).transaction(async (tx) => {
          if (this.databases.length > 1) await this.#hold(tx, bucket, generation);
          return work(tx);
        });
      } catch (error) {
        if (!(error instanceof BucketIsGone) || moves === MAX_MOVES) throw error;
        // Whoever moved it may have been stopped before it could say so.
        await this.map.put(error.place);
        await this.#load();
      }
    }
  }

  /** Whether a shard holds a bucket, as its home knows now. */
  async holds(shard: number, conversationIds: readonly string[]): Promise<ReadonlySet<string>> {
    if (this.databases.length > 1) await this.#load();
    return new Set(conversationIds.filter((id) => this.#placeOf(bucketOf(id)).shard === shard));
  }

  /** Where a bucket is, as its home knows now. */
  async placeOf(bucket: number): Promise<Place> {
    await this.#load();
    return this.#placeOf(bucket);
  }

  async #hold(tx: Tx, bucket: number, generation: number): Promise<void> {
    await ShardMapStore.hold(tx, bucket);
    const gone = await ShardMapStore.goneTo(tx, bucket);
    if (gone !== null && gone.generation > generation) throw new BucketIsGone(gone);
  }

  #database(shard: number): Database<unknown> {
    const database = this.databases[shard];
    if (database === undefined) throw this.#unknown(shard);
    return database;
  }

  #unknown(shard: number): Error {
    return new Error(`shard ${shard} is not among the ${this.databases.length} that this process was given`);
  }

  #placeOf(bucket: number): Place {
    return this.#places.get(bucket) ?? { bucket, shard: 0, generation: 0 };
  }

  async #loadedOnce(): Promise<void> {
    if (!this.#isLoaded && this.databases.length > 1) await this.#load();
  }

  /** Those who come while it is being read might miss what was just written: each begins a reading of its own. */
  async #load(): Promise<void> {
    const places = await this.map.all();
    const known = this.#places;
    this.#places = new Map(
      places.map((place) => {
        const other = known.get(place.bucket);
        return [place.bucket, other !== undefined && other.generation > place.generation ? other : place];
      }),
    );
    this.#isLoaded = true;
  }
}
