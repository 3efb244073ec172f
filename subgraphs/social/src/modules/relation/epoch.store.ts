import type { Database, Tx } from '@plaza/db/database';

/**
 * Relation epochs. Whoever caches how a viewer stands to others keys it by the viewer's epoch, so a change of what the viewer may see must raise it
 * in its own transaction:
 *
 * - block, unblock: both sides;
 * - mute, unmute, the end of a mute: the muter;
 * - a follow that begins or ends: the follower; and the followee only if the followee follows back, because only then the two become or cease to be
 *   mutual. Otherwise a new follower changes nothing that the followee may see (`isFollowedBy` alone opens no post), and a celebrity's row stays cool.
 *
 * Options of a follow and requests open nothing and raise nothing.
 */
export class EpochStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  /** 0, and not here, for one who never had a relation. Read for every request and every live event: look-ups by primary key. */
  async of(userIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#database.sql<{ userId: string; epoch: number }>`
      SELECT user_id AS "userId", epoch FROM relation_epoch WHERE user_id = ANY(${userIds}::uuid[])`;
    return new Map(rows.map(({ userId, epoch }) => [userId, epoch]));
  }

  /** Rows are locked in the order of ids. */
  async raise(tx: Tx, userIds: readonly string[]): Promise<void> {
    await tx.sql`
      INSERT INTO relation_epoch AS known (user_id, epoch)
      SELECT DISTINCT id, 1 FROM unnest(${userIds}::uuid[]) AS id ORDER BY id
      ON CONFLICT (user_id) DO UPDATE SET epoch = known.epoch + 1`;
  }
}
