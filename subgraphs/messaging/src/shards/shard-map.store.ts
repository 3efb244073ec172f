import type { Database, Tx } from '@plaza/db/database';

/** Where a bucket is. */
export interface Place {
  readonly bucket: number;
  readonly shard: number;
  /** One more with each move. */
  readonly generation: number;
}

/** Where the buckets are, as their home knows it; on a shard, which it has given away. */
export class ShardMapStore {
  readonly #home: Database<unknown>;

  constructor(home: Database<unknown>) {
    this.#home = home;
  }

  /** Those buckets that have ever been moved. */
  async all(): Promise<readonly Place[]> {
    return this.#home.sql<Place & Record<string, unknown>>`SELECT bucket, shard, generation FROM shard_bucket`;
  }

  /** An older place never takes the place of a newer one. */
  async put({ bucket, shard, generation }: Place): Promise<void> {
    await this.#home.sql`
      INSERT INTO shard_bucket AS known (bucket, shard, generation) VALUES (${bucket}, ${shard}, ${generation})
      ON CONFLICT (bucket) DO UPDATE SET shard = excluded.shard, generation = excluded.generation WHERE known.generation < excluded.generation`;
  }

  /** Holds a bucket where it is until the transaction ends; others may hold it as well. */
  static async hold(tx: Tx, bucket: number): Promise<void> {
    await tx.sql`SELECT pg_advisory_xact_lock_shared(hashtext('messaging bucket'), ${bucket}::int)`;
  }

  /** Waits until nobody holds it; whoever wants to waits then. */
  static async freeze(tx: Tx, bucket: number): Promise<void> {
    await tx.sql`SELECT pg_advisory_xact_lock(hashtext('messaging bucket'), ${bucket}::int)`;
  }

  /** Where a shard has given a bucket to; null while it is here. */
  static async goneTo(tx: Tx, bucket: number): Promise<Place | null> {
    const [gone] = await tx.sql<
      Place & Record<string, unknown>
    >`SELECT bucket, shard, generation FROM bucket_gone WHERE bucket = ${bucket}`;
    return gone ?? null;
  }

  static async give(tx: Tx, { bucket, shard, generation }: Place): Promise<void> {
    await tx.sql`
      INSERT INTO bucket_gone (bucket, shard, generation) VALUES (${bucket}, ${shard}, ${generation})
      ON CONFLICT (bucket) DO UPDATE SET shard = excluded.shard, generation = excluded.generation`;
  }
}
