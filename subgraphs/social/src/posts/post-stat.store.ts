import type { Database, Tx } from '@plaza/db/database';

/** The counts of a post: global numbers, the same for every viewer. */
export interface PostStat {
  readonly postId: string;
  readonly likeCount: number;
  readonly commentCount: number;
  readonly repostCount: number;
  /** The position in the post's live activity. */
  readonly activitySeq: number;
}

/** What a viewer has done with a post. */
export interface PostFlags {
  readonly postId: string;
  readonly hasLiked: boolean;
  readonly hasReposted: boolean;
  readonly hasBookmarked: boolean;
}

/** The counts that a change moves; `activity` when something happened that watchers of the post are shown. */
export interface StatChange {
  readonly likes?: number;
  readonly comments?: number;
  readonly reposts?: number;
  readonly activity?: boolean;
}

export class PostStatStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async byIds(postIds: readonly string[]): Promise<readonly PostStat[]> {
    return this.#database.sql<PostStat>`
      SELECT post_id AS "postId", like_count AS "likeCount", comment_count AS "commentCount", repost_count AS "repostCount", activity_seq AS "activitySeq"
      FROM post_stat WHERE post_id = ANY(${postIds}::uuid[])`;
  }

  async flags(viewerId: string, postIds: readonly string[]): Promise<readonly PostFlags[]> {
    return this.#database.sql<PostFlags>`
      SELECT post.id AS "postId", liked.post_id IS NOT NULL AS "hasLiked", reposted.post_id IS NOT NULL AS "hasReposted",
        kept.post_id IS NOT NULL AS "hasBookmarked"
      FROM unnest(${postIds}::uuid[]) AS post(id)
      LEFT JOIN post_like liked ON liked.post_id = post.id AND liked.user_id = ${viewerId}
      LEFT JOIN repost reposted ON reposted.post_id = post.id AND reposted.user_id = ${viewerId}
      LEFT JOIN bookmark kept ON kept.viewer_id = ${viewerId} AND kept.post_id = post.id`;
  }

  /** Locks the post's row, which the order of its events and counts hangs on. The first statement of every change under a post (post-changes.ts). */
  async lock(tx: Tx, postId: string): Promise<void> {
    const locked = await tx.sql`SELECT 1 FROM post_stat WHERE post_id = ${postId} FOR UPDATE`;
    if (locked.length > 0) return;
    await tx.sql`INSERT INTO post_stat (post_id) VALUES (${postId}) ON CONFLICT (post_id) DO NOTHING`;
    await tx.sql`SELECT 1 FROM post_stat WHERE post_id = ${postId} FOR UPDATE`;
  }

  /** Under {@link lock}. */
  async change(tx: Tx, postId: string, { likes = 0, comments = 0, reposts = 0, activity = false }: StatChange): Promise<void> {
    await tx.sql`
      UPDATE post_stat SET like_count = like_count + ${likes}::int, comment_count = comment_count + ${comments}::int,
        repost_count = repost_count + ${reposts}::int, activity_seq = activity_seq + ${activity ? 1 : 0}::int
      WHERE post_id = ${postId}`;
  }
}
