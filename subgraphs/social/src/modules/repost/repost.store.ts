import type { Database, Tx } from '@plaza/db/database';
import { newId } from '@plaza/kernel/id';
import { LOWEST_ID } from '@plaza/db/keyset';

export interface RepostRow {
  readonly id: string;
  readonly userId: string;
  readonly postId: string;
  readonly authorId: string;
  readonly createdAt: Date;
}

export class RepostStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  /** The new one; null when there is one already. */
  async insert(tx: Tx, { userId, postId, authorId }: Pick<RepostRow, 'userId' | 'postId' | 'authorId'>): Promise<RepostRow | null> {
    const [row] = await tx.sql<RepostRow>`
      INSERT INTO repost (id, post_id, user_id, author_id) VALUES (${newId()}, ${postId}, ${userId}, ${authorId})
      ON CONFLICT (post_id, user_id) DO NOTHING
      RETURNING id, user_id AS "userId", post_id AS "postId", author_id AS "authorId", created_at AS "createdAt"`;
    return row ?? null;
  }

  /** Whether there was one. */
  async delete(tx: Tx, postId: string, userId: string): Promise<boolean> {
    return (await tx.sql`DELETE FROM repost WHERE post_id = ${postId} AND user_id = ${userId} RETURNING 1`).length > 0;
  }

  /** Every repost, by id. */
  async snapshot(after: string | null, limit: number): Promise<readonly RepostRow[]> {
    return this.#database.sql<RepostRow>`
      SELECT id, user_id AS "userId", post_id AS "postId", author_id AS "authorId", created_at AS "createdAt"
      FROM repost WHERE id > ${after ?? LOWEST_ID} ORDER BY id LIMIT ${limit}`;
  }
}
