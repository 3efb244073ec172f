import type { Tx } from '@plaza/db/database';

/** Above so many posts at once a reader is told to read their feed anew. */
const MOST_AT_ONCE = 100;
const NIL = '00000000-0000-0000-0000-000000000000';

/** Why a post is to be looked at again: its place in feeds may have changed, or what it says as well. */
export type TouchKind = 'TOUCH' | 'EDIT';

/** Which posts of an actor a reader is to look at again: all that they brought; those only for mutuals; or those that others brought to the reader. */
export type TouchedPosts = 'ALL' | 'FOR_MUTUALS' | 'BY_OTHERS';

/** Where a line stands: at a number of the clock, behind all tasks up to another. */
export interface LinePlace {
  readonly number: number;
  /** Null: those that are done now. */
  readonly upto: number | null;
}

/**
 * Writes the live logs: that of each reader, by tasks, for what pushed actors do; that of each pulled actor, at once, for all who follow them. A line
 * says only "look again", so one too many changes nothing. Every method wants the clock to be moved on by an earlier statement.
 */
export class LiveLogStore {
  /** A post in the logs of the actor, or of all who brought it, as far as they are pulled, and were so only after `pulledAfter`. Returns whose logs. */
  async touchActors(
    tx: Tx,
    { number, upto }: LinePlace,
    post: { readonly postId: string; readonly actorId: string | null; readonly kind: TouchKind },
    pulledAfter = -1,
  ): Promise<readonly string[]> {
    const { postId, actorId, kind } = post;
    const rows = await tx.sql<{ actorId: string }>`
      INSERT INTO actor_log (actor_id, number, post_id, kind, upto)
      SELECT mode.author_id, ${number}, ${postId}::uuid, ${kind}::live_kind, coalesce(${upto}::bigint, feed_settled())
      FROM (
        SELECT actor_id FROM feed_item WHERE post_id = ${postId} AND ${actorId}::uuid IS NULL UNION SELECT ${actorId}::uuid WHERE ${actorId}::uuid IS NOT NULL
      ) AS actor JOIN author_mode AS mode ON mode.author_id = actor.actor_id AND mode.mode = 'PULL'
      WHERE mode.number > ${pulledAfter}
      ON CONFLICT DO NOTHING RETURNING actor_id AS "actorId"`;
    return rows.map((row) => row.actorId);
  }

  /** A post in these readers' logs. */
  async touchReaders(tx: Tx, { number, upto }: LinePlace, postId: string, kind: TouchKind, readerIds: readonly string[]): Promise<void> {
    await tx.sql`
      INSERT INTO reader_log (reader_id, number, post_id, kind, upto)
      SELECT reader_id, ${number}, ${postId}, ${kind}::live_kind, coalesce(${upto}::bigint, feed_settled()) FROM unnest(${readerIds}::uuid[]) AS reader (reader_id)
      ON CONFLICT DO NOTHING`;
  }

  /** An actor's posts in a reader's log, unless they were not seen since then; one RESYNC instead of more than a hundred. */
  async touchPostsOf(
    tx: Tx,
    { number, upto }: LinePlace,
    actorId: string,
    readerId: string,
    which: TouchedPosts,
    seenSince: Date,
  ): Promise<void> {
    await tx.sql`
      WITH post AS MATERIALIZED (
        SELECT DISTINCT item.post_id FROM feed_item AS item
        WHERE item.actor_id = ${actorId} AND item.is_live
          AND (${which}::text <> 'FOR_MUTUALS' OR item.audience = 'MUTUALS')
          AND (${which}::text <> 'BY_OTHERS' OR item.kind = 'POST' AND EXISTS (
            SELECT FROM feed_item AS other JOIN followee AS follow ON follow.follower_id = ${readerId} AND follow.followee_id = other.actor_id
            WHERE other.post_id = item.post_id AND other.actor_id <> item.actor_id AND brings(follow, other)
          ))
        LIMIT ${MOST_AT_ONCE + 1}
      ), line AS (
        SELECT post_id, 'TOUCH'::live_kind AS kind FROM post WHERE (SELECT count(*) FROM post) <= ${MOST_AT_ONCE}
        UNION ALL SELECT ${NIL}::uuid, 'RESYNC' WHERE (SELECT count(*) FROM post) > ${MOST_AT_ONCE}
      )
      INSERT INTO reader_log (reader_id, number, post_id, kind, upto)
      SELECT reader.user_id, ${number}, line.post_id, line.kind, coalesce(${upto}::bigint, feed_settled())
      FROM reader CROSS JOIN line WHERE reader.user_id = ${readerId} AND reader.last_seen_at > ${seenSince}
      ON CONFLICT DO NOTHING`;
  }

  /** The reader is to read their feed anew. */
  async resync(tx: Tx, { number, upto }: LinePlace, readerId: string): Promise<void> {
    await tx.sql`
      INSERT INTO reader_log (reader_id, number, post_id, kind, upto)
      SELECT user_id, ${number}, ${NIL}, 'RESYNC', coalesce(${upto}::bigint, feed_settled()) FROM reader WHERE user_id = ${readerId}
      ON CONFLICT DO NOTHING`;
  }

  /** Forgets lines and what was before then; at most `limit` of each kind, and says whether there may be more. */
  async forget(tx: Tx, before: Date, limit: number): Promise<boolean> {
    const [row] = await tx.sql<{ most: number }>`
      WITH readers AS (
        DELETE FROM reader_log WHERE ctid = ANY (ARRAY(SELECT ctid FROM reader_log WHERE at < ${before} LIMIT ${limit})) RETURNING 1
      ), actors AS (
        DELETE FROM actor_log WHERE ctid = ANY (ARRAY(SELECT ctid FROM actor_log WHERE at < ${before} LIMIT ${limit})) RETURNING 1
      ), follows AS (
        DELETE FROM followee_past WHERE ctid = ANY (ARRAY(SELECT ctid FROM followee_past WHERE closed_at < ${before} LIMIT ${limit})) RETURNING 1
      ), items AS (
        DELETE FROM feed_item_past WHERE ctid = ANY (ARRAY(SELECT ctid FROM feed_item_past WHERE closed_at < ${before} LIMIT ${limit})) RETURNING 1
      )
      SELECT greatest(
        (SELECT count(*) FROM readers), (SELECT count(*) FROM actors), (SELECT count(*) FROM follows), (SELECT count(*) FROM items)
      )::int AS most`;
    return (row?.most ?? 0) >= limit;
  }
}
