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

/** What watchers of a post are told. */
export type Activity =
  | { readonly kind: 'POST_LIKED' | 'POST_UNLIKED'; readonly actorId: string }
  | {
      readonly kind: 'COMMENT_ADDED' | 'COMMENT_EDITED' | 'COMMENT_DELETED';
      /** Who wrote the comment, also where another takes it away. */
      readonly actorId: string;
      readonly commentId: string;
    };

/** The counts that a change moves. */
export interface StatChange {
  readonly likes?: number;
  readonly comments?: number;
  readonly reposts?: number;
}

/** So many lines of a post's activity are kept at least; at most {@link TRIM_EVERY} more. */
const KEPT = 10_000;
const TRIM_EVERY = 100;

export class PostStatStore {
  readonly #database: Database<unknown>;
  readonly #told: (postId: string) => void;

  /** @param told called once something that watchers are told of is committed */
  constructor(database: Database<unknown>, told: (postId: string) => void) {
    this.#database = database;
    this.#told = told;
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

  /** Moves counts that no watcher is told of. Under {@link lock}. */
  async change(tx: Tx, postId: string, { likes = 0, comments = 0, reposts = 0 }: StatChange): Promise<void> {
    await tx.sql`
      UPDATE post_stat SET like_count = like_count + ${likes}::int, comment_count = comment_count + ${comments}::int,
        repost_count = repost_count + ${reposts}::int
      WHERE post_id = ${postId}`;
  }

  /** Moves counts and writes the next line of the post's activity. Under {@link lock}: positions are committed in their order. */
  async happened(tx: Tx, postId: string, activity: Activity, { likes = 0, comments = 0 }: StatChange = {}): Promise<void> {
    const { kind, actorId } = activity;
    const commentId = 'commentId' in activity ? activity.commentId : null;
    const [line] = await tx.sql<{ position: number }>`
      WITH stat AS (
        UPDATE post_stat SET like_count = like_count + ${likes}::int, comment_count = comment_count + ${comments}::int,
          activity_seq = activity_seq + 1, like_seq = CASE WHEN ${commentId}::uuid IS NULL THEN activity_seq + 1 ELSE like_seq END
        WHERE post_id = ${postId} RETURNING *
      )
      INSERT INTO post_activity (post_id, position, kind, actor_id, comment_id, like_count, comment_count)
      SELECT post_id, activity_seq, ${kind}::activity_kind, ${actorId}, ${commentId}::uuid, like_count, comment_count FROM stat
      RETURNING position`;
    if (line !== undefined && line.position % TRIM_EVERY === 0)
      await tx.sql`DELETE FROM post_activity WHERE post_id = ${postId} AND position <= ${line.position - KEPT}`;
    tx.afterCommit(() => this.#told(postId));
  }
}
