import type { Database } from '@plaza/db/database';
import { LOWEST_ID } from '@plaza/db/keyset';

/** A like's place in its snapshot. */
export interface LikeKey {
  readonly postId: string;
  readonly userId: string;
}

/** Pages of what others build read models from. */
export class SnapshotStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async likes(since: Date, after: LikeKey | null, limit: number) {
    return this.#database.sql<LikeKey & { createdAt: Date }>`
      SELECT post_id AS "postId", user_id AS "userId", created_at AS "createdAt" FROM post_like
      WHERE (post_id, user_id) > (${after?.postId ?? LOWEST_ID}::uuid, ${after?.userId ?? LOWEST_ID}::uuid) AND created_at >= ${since}
      ORDER BY post_id, user_id LIMIT ${limit}`;
  }

  async comments(since: Date, after: string | null, limit: number) {
    return this.#database.sql<{ commentId: string; postId: string; authorId: string; createdAt: Date }>`
      SELECT id AS "commentId", post_id AS "postId", author_id AS "authorId", created_at AS "createdAt" FROM comment
      WHERE id > ${after ?? LOWEST_ID} AND created_at >= ${since} AND deleted_at IS NULL ORDER BY id LIMIT ${limit}`;
  }

  async followRequests(after: string | null, limit: number) {
    return this.#database.sql<{ id: string; followerId: string; followeeId: string }>`
      SELECT id, follower_id AS "followerId", followee_id AS "followeeId" FROM follow_request
      WHERE id > ${after ?? LOWEST_ID} ORDER BY id LIMIT ${limit}`;
  }
}
