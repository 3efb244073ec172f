import type { Database, Tx } from '@plaza/db/database';

/** One who moves a bucket; whoever does after them has a higher number. */
export interface Mover {
  readonly bucket: number;
  readonly number: number;
}

/** A later mover has taken over: nothing was written. */
export class OvertakenError extends Error {
  override readonly name = 'OvertakenError';

  constructor({ bucket }: Mover) {
    super(`bucket ${bucket} is moved by another by now`);
  }
}

/**
 * Fences between movers of a bucket. Each writes on several databases, while the lock that it has on one of them may be gone: so each has a number, the
 * shard remembers the highest that has come, and every write looks at it in its own transaction.
 */
export class BucketMoverStore {
  /** A mover with a higher number than any before. For whoever has the bucket's turn at home. */
  async begin(home: Database<unknown>, bucket: number): Promise<Mover> {
    // Not in the transaction of the turn: a number that is undone with it would be given again.
    const [row] = await home.sql<{ number: number }>`
      INSERT INTO bucket_mover AS last (bucket, number) VALUES (${bucket}, 1)
      ON CONFLICT (bucket) DO UPDATE SET number = last.number + 1 RETURNING number`;
    if (row === undefined) throw new Error('no number was given');
    return { bucket, number: row.number };
  }

  /** From now on no earlier mover writes on this shard; what one is writing is there before. @throws OvertakenError */
  async enter({ bucket, number }: Mover, shard: Database<unknown>): Promise<void> {
    const entered = await shard.sql`
      INSERT INTO bucket_mover AS last (bucket, number) VALUES (${bucket}, ${number})
      ON CONFLICT (bucket) DO UPDATE SET number = excluded.number WHERE last.number <= excluded.number RETURNING 1`;
    if (entered.length === 0) throw new OvertakenError({ bucket, number });
  }

  /** This transaction may write for the mover on a shard that it has entered; who comes after it waits. @throws OvertakenError */
  async hold(tx: Tx, mover: Mover): Promise<void> {
    const held = await tx.sql`SELECT 1 FROM bucket_mover WHERE bucket = ${mover.bucket} AND number = ${mover.number} FOR SHARE`;
    if (held.length === 0) throw new OvertakenError(mover);
  }
}
