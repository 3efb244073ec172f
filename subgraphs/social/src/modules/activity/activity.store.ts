import type { Database } from '@plaza/db/database';

export type ActivityKind = 'POST_LIKED' | 'POST_UNLIKED' | 'COMMENT_ADDED' | 'COMMENT_EDITED' | 'COMMENT_DELETED';

/** One line of a post's activity. */
export interface ActivityRow {
  readonly position: number;
  readonly kind: ActivityKind;
  /** Who liked, or who wrote the comment. */
  readonly actorId: string;
  /** Null for likes. */
  readonly commentId: string | null;
  /** As of then. */
  readonly likeCount: number;
  readonly commentCount: number;
  /** Whether the log holds a later like or unlike. */
  readonly isOvertaken: boolean;
}

export interface Liker {
  readonly kind: 'POST_LIKED' | 'POST_UNLIKED';
  readonly actorId: string;
}

type Read = { readonly last: number } & (ActivityRow | { readonly position: null });

/** Reads the log that PostStatStore.change writes. */
export class ActivityStore {
  readonly #database: Pick<Database<unknown>, 'sql'>;

  constructor(database: Pick<Database<unknown>, 'sql'>) {
    this.#database = database;
  }

  /** The position of the newest line. */
  async end(postId: string): Promise<number> {
    const [stat] = await this.#database.sql<{ position: number }>`SELECT activity_seq AS position FROM post_stat WHERE post_id = ${postId}`;
    return stat?.position ?? 0;
  }

  /** The lines after a position, the oldest first, as of one moment. Null: not all of them are kept, or the log never came so far. */
  async after(postId: string, position: number, limit: number): Promise<readonly ActivityRow[] | null> {
    const rows = await this.#database.sql<Read>`
      SELECT stat.activity_seq AS last, line.position, line.kind, line.actor_id AS "actorId", line.comment_id AS "commentId",
        line.like_count AS "likeCount", line.comment_count AS "commentCount", line.position < stat.like_seq AS "isOvertaken"
      FROM post_stat stat
      LEFT JOIN LATERAL (
        SELECT * FROM post_activity WHERE post_id = stat.post_id AND position > ${position} ORDER BY position LIMIT ${limit}
      ) line ON true
      WHERE stat.post_id = ${postId} ORDER BY line.position`;
    const lines = rows.filter((row) => row.position !== null);
    const last = rows[0]?.last ?? 0;
    const isWhole = lines.every((line, index) => line.position === position + 1 + index);
    return isWhole && (lines.length > 0 || last === position) ? lines : null;
  }

  /** The likes and unlikes after `since` up to `upto`, the newest first. */
  async likers(postId: string, since: number, upto: number, limit: number): Promise<readonly Liker[]> {
    return this.#database.sql<Liker>`
      SELECT kind, actor_id AS "actorId" FROM post_activity
      WHERE post_id = ${postId} AND position > ${since} AND position <= ${upto} AND kind IN ('POST_LIKED', 'POST_UNLIKED')
      ORDER BY position DESC LIMIT ${limit}`;
  }

  /** Forgets at most `limit` lines from before a moment; how many there were. */
  async forget(before: Date, limit: number): Promise<number> {
    const gone = await this.#database.sql`
      DELETE FROM post_activity WHERE (post_id, position) IN (
        SELECT post_id, position FROM post_activity WHERE created_at < ${before.toISOString()}::timestamptz ORDER BY created_at LIMIT ${limit}
      ) RETURNING 1`;
    return gone.length;
  }
}
