import type { Tx } from '@plaza/db/database';

/** One asks to follow another. */
export interface Ask {
  readonly followerId: string;
  readonly followeeId: string;
}

/** Follow requests that wait for an answer. Every method may be repeated. */
export class AskStore {
  async put(tx: Tx, { followerId, followeeId }: Ask): Promise<void> {
    await tx.sql`INSERT INTO follow_ask (follower_id, followee_id) VALUES (${followerId}, ${followeeId}) ON CONFLICT DO NOTHING`;
  }

  async delete(tx: Tx, { followerId, followeeId }: Ask): Promise<void> {
    await tx.sql`DELETE FROM follow_ask WHERE follower_id = ${followerId} AND followee_id = ${followeeId}`;
  }

  async empty(tx: Tx): Promise<void> {
    await tx.sql`DELETE FROM follow_ask`;
  }

  async add(tx: Tx, asks: readonly Ask[]): Promise<void> {
    await tx.sql`
      INSERT INTO follow_ask (follower_id, followee_id)
      SELECT * FROM unnest(${asks.map(({ followerId }) => followerId)}::uuid[], ${asks.map(({ followeeId }) => followeeId)}::uuid[])
      ON CONFLICT DO NOTHING`;
  }
}
