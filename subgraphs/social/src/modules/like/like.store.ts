import type { Tx } from '@plaza/db/database';

export class LikeStore {
  /** Whether it is new. */
  async insert(tx: Tx, postId: string, userId: string): Promise<boolean> {
    return (
      (await tx.sql`INSERT INTO post_like (post_id, user_id) VALUES (${postId}, ${userId}) ON CONFLICT DO NOTHING RETURNING 1`).length > 0
    );
  }

  /** Whether there was one. */
  async delete(tx: Tx, postId: string, userId: string): Promise<boolean> {
    return (await tx.sql`DELETE FROM post_like WHERE post_id = ${postId} AND user_id = ${userId} RETURNING 1`).length > 0;
  }
}
