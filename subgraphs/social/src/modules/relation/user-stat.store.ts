import type { Database, Tx } from '@plaza/db/database';

/** Global numbers, the same for every viewer. */
export interface UserStat {
  readonly userId: string;
  readonly followerCount: number;
  readonly followingCount: number;
}

/** A follow that began or ended. */
export interface FollowEdge {
  readonly followerId: string;
  readonly followeeId: string;
}

/** Counts move in the last statement before the commit, so the row of somebody with many followers is locked for the shortest time. */
export class UserStatStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async byIds(userIds: readonly string[]): Promise<readonly UserStat[]> {
    return this.#database.sql<UserStat>`
      SELECT user_id AS "userId", follower_count AS "followerCount", following_count AS "followingCount"
      FROM user_stat WHERE user_id = ANY(${userIds}::uuid[])`;
  }

  async began(tx: Tx, { followerId, followeeId }: FollowEdge): Promise<void> {
    await tx.sql`
      INSERT INTO user_stat AS known (user_id, follower_count, following_count)
      SELECT * FROM (VALUES (${followerId}::uuid, 0, 1), (${followeeId}::uuid, 1, 0)) AS change(user_id, followers, followings) ORDER BY user_id
      ON CONFLICT (user_id) DO UPDATE
        SET follower_count = known.follower_count + excluded.follower_count, following_count = known.following_count + excluded.following_count`;
  }

  async ended(tx: Tx, edges: readonly FollowEdge[]): Promise<void> {
    const changes = edges.flatMap(({ followerId, followeeId }) => [
      { id: followerId, followers: 0, followings: 1 },
      { id: followeeId, followers: 1, followings: 0 },
    ]);
    await tx.sql`
      WITH change AS (
        SELECT user_id, sum(followers) AS followers, sum(followings) AS followings
        FROM unnest(${changes.map(({ id }) => id)}::uuid[], ${changes.map(({ followers }) => followers)}::int[],
          ${changes.map(({ followings }) => followings)}::int[]) AS change(user_id, followers, followings)
        GROUP BY user_id
      ), locked AS MATERIALIZED (
        SELECT user_id FROM user_stat WHERE user_id IN (SELECT user_id FROM change) ORDER BY user_id FOR NO KEY UPDATE
      )
      UPDATE user_stat SET follower_count = follower_count - change.followers, following_count = following_count - change.followings
      FROM change JOIN locked USING (user_id) WHERE user_stat.user_id = change.user_id`;
  }
}
