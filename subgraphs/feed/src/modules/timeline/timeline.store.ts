import type { Tx } from '@plaza/db/database';
import type { FanoutMode } from './fanout.policy.js';

/** A post in a reader's timeline, there or to be there. */
export interface Pair {
  readonly userId: string;
  readonly postId: string;
}

/**
 * The timelines. One definition rules all of it: in a reader's timeline stands, of each post, the first item (the author's own before any repost,
 * then by time) that `brings()` lets a followed actor in mode PUSH bring, if it is not older than the reader's horizon. Methods that take a
 * transaction want it to be the writer (intake.ts).
 */
export class TimelineStore {
  /** Readers who follow the actor, or any actor in mode PUSH who brought the post, also where a timeline is still to be built; by id. */
  async readersOfPost(
    tx: Tx,
    postId: string,
    actorId: string | null,
    afterId: string | null,
    seenSince: Date,
    limit: number,
  ): Promise<readonly string[]> {
    const rows = await tx.sql<{ userId: string }>`
      SELECT DISTINCT follow.follower_id AS "userId"
      FROM (
        SELECT actor_id FROM feed_item WHERE post_id = ${postId} AND ${actorId}::uuid IS NULL UNION SELECT ${actorId}::uuid WHERE ${actorId}::uuid IS NOT NULL
      ) AS actor
      LEFT JOIN author_mode AS mode ON mode.author_id = actor.actor_id
      JOIN followee AS follow ON follow.followee_id = actor.actor_id
      JOIN reader ON reader.user_id = follow.follower_id
      WHERE mode.mode IS DISTINCT FROM 'PULL' AND reader.last_seen_at > ${seenSince}
        AND (${afterId}::uuid IS NULL OR follow.follower_id > ${afterId}::uuid)
      ORDER BY 1 LIMIT ${limit}`;
    return rows.map(({ userId }) => userId);
  }

  /** Readers with a kept timeline who follow the actor; by id. */
  async readersOfActor(tx: Tx, actorId: string, afterId: string | null, seenSince: Date, limit: number): Promise<readonly string[]> {
    const rows = await tx.sql<{ userId: string }>`
      SELECT reader.user_id AS "userId" FROM followee AS follow JOIN reader ON reader.user_id = follow.follower_id
      WHERE follow.followee_id = ${actorId} AND reader.built_at IS NOT NULL AND reader.last_seen_at > ${seenSince}
        AND (${afterId}::uuid IS NULL OR follow.follower_id > ${afterId}::uuid)
      ORDER BY 1 LIMIT ${limit}`;
    return rows.map(({ userId }) => userId);
  }

  async modeOf(tx: Tx, actorId: string): Promise<FanoutMode> {
    const [row] = await tx.sql<{ mode: FanoutMode }>`SELECT mode FROM author_mode WHERE author_id = ${actorId}`;
    return row?.mode ?? 'PUSH';
  }

  /**
   * What the actor may hold in these timelines or keep out of them: entries that stand there because of the actor, and posts that others repost
   * within the horizon and the actor brought before it. Of those the actor's is the first item, below the horizon, or it no longer counts and the
   * repost is.
   */
  async concernedBy(tx: Tx, userIds: readonly string[], actorId: string): Promise<readonly Pair[]> {
    return tx.sql<{ userId: string; postId: string }>`
      SELECT user_id AS "userId", post_id AS "postId" FROM timeline_entry WHERE user_id = ANY(${userIds}::uuid[]) AND actor_id = ${actorId}
      UNION
      SELECT reader.user_id, repost.post_id
      FROM reader
      JOIN followee AS follow ON follow.follower_id = reader.user_id AND follow.followee_id <> ${actorId} AND follow.reposts
      LEFT JOIN author_mode AS mode ON mode.author_id = follow.followee_id
      CROSS JOIN LATERAL (
        -- OFFSET: else the index would not be read from the horizon on.
        SELECT post_id FROM feed_item WHERE actor_id = follow.followee_id AND kind = 'REPOST' AND is_live
          AND (at, post_id) >= (reader.horizon_at, reader.horizon_id) OFFSET 0
      ) AS repost
      JOIN feed_item AS item ON item.post_id = repost.post_id AND item.actor_id = ${actorId}
        AND (item.at, item.post_id) < (reader.horizon_at, reader.horizon_id)
      WHERE reader.user_id = ANY(${userIds}::uuid[]) AND reader.built_at IS NOT NULL AND reader.horizon_at > '-infinity'
        AND mode.mode IS DISTINCT FROM 'PULL'`;
  }

  /** What the actor brings to these readers within their horizons, the newest, at most `limit` each. Whose timeline is not built has nothing. */
  async broughtBy(tx: Tx, userIds: readonly string[], actorId: string, limit: number): Promise<readonly Pair[]> {
    return tx.sql<{ userId: string; postId: string }>`
      SELECT reader.user_id AS "userId", brought.post_id AS "postId"
      FROM reader
      JOIN followee AS follow ON follow.follower_id = reader.user_id AND follow.followee_id = ${actorId}
      CROSS JOIN LATERAL (
        SELECT item.post_id FROM feed_item AS item
        WHERE item.actor_id = follow.followee_id AND brings(follow, item) AND (item.at, item.post_id) >= (reader.horizon_at, reader.horizon_id)
        ORDER BY item.at DESC, item.post_id DESC LIMIT ${limit}
      ) AS brought
      WHERE reader.user_id = ANY(${userIds}::uuid[]) AND reader.built_at IS NOT NULL`;
  }

  /** Works out these entries anew: written, changed or taken away as the definition says. Returns the readers whose timelines are full. */
  async refresh(tx: Tx, pairs: readonly Pair[], capacity: number): Promise<readonly string[]> {
    const rows = await tx.sql<{ userId: string }>`
      WITH pair AS (
        SELECT user_id, post_id
        FROM unnest(${pairs.map(({ userId }) => userId)}::uuid[], ${pairs.map(({ postId }) => postId)}::uuid[]) AS pair (user_id, post_id)
      ), winner AS (
        SELECT DISTINCT ON (pair.user_id, pair.post_id) pair.user_id, pair.post_id, item.actor_id, item.author_id, item.kind, item.at
        FROM pair
        JOIN feed_item AS item ON item.post_id = pair.post_id
        JOIN followee AS follow ON follow.follower_id = pair.user_id AND follow.followee_id = item.actor_id
        LEFT JOIN author_mode AS mode ON mode.author_id = item.actor_id
        WHERE brings(follow, item) AND mode.mode IS DISTINCT FROM 'PULL'
        ORDER BY pair.user_id, pair.post_id, item.kind, item.at, item.actor_id
      ), due AS (
        SELECT winner.* FROM winner JOIN reader ON reader.user_id = winner.user_id
        WHERE reader.built_at IS NOT NULL AND (winner.at, winner.post_id) >= (reader.horizon_at, reader.horizon_id)
      ), gone AS (
        DELETE FROM timeline_entry AS entry USING pair
        WHERE entry.user_id = pair.user_id AND entry.post_id = pair.post_id
          AND NOT EXISTS (SELECT FROM due WHERE due.user_id = pair.user_id AND due.post_id = pair.post_id)
      ), put AS (
        INSERT INTO timeline_entry AS entry (user_id, post_id, actor_id, author_id, kind, at)
        SELECT user_id, post_id, actor_id, author_id, kind, at FROM due
        ON CONFLICT (user_id, post_id) DO UPDATE SET actor_id = excluded.actor_id, author_id = excluded.author_id, kind = excluded.kind, at = excluded.at
          WHERE (entry.actor_id, entry.kind, entry.at) IS DISTINCT FROM (excluded.actor_id, excluded.kind, excluded.at)
        RETURNING entry.user_id, entry.xmax = 0 AS is_new
      ), counted AS (
        UPDATE reader SET entry_count = entry_count + added.number
        FROM (SELECT user_id, count(*)::int AS number FROM put WHERE is_new GROUP BY user_id) AS added
        WHERE reader.user_id = added.user_id
        RETURNING reader.user_id, reader.entry_count
      )
      SELECT user_id AS "userId" FROM counted WHERE entry_count >= ${capacity}`;
    return rows.map(({ userId }) => userId);
  }

  /**
   * Builds a reader's timeline: the newest `size.first` items for one who has none yet, else all from its horizon on, at most `size.most`. Does
   * nothing for who is no reader.
   */
  async build(tx: Tx, userId: string, now: Date, size: { readonly first: number; readonly most: number }): Promise<void> {
    await tx.sql`DELETE FROM timeline_entry WHERE user_id = ${userId}`;
    await tx.sql`
      WITH bound AS MATERIALIZED (
        SELECT user_id, CASE WHEN horizon_at = 'infinity' THEN '-infinity' ELSE horizon_at END AS at, horizon_id AS post_id,
          CASE WHEN horizon_at = 'infinity' THEN ${size.first}::int ELSE ${size.most}::int END AS size
        FROM reader WHERE user_id = ${userId}
      ), raw AS (
        SELECT item.*
        FROM bound
        JOIN followee AS follow ON follow.follower_id = bound.user_id
        LEFT JOIN author_mode AS mode ON mode.author_id = follow.followee_id
        CROSS JOIN LATERAL (
          SELECT item.post_id, item.actor_id, item.author_id, item.kind, item.at FROM feed_item AS item
          WHERE item.actor_id = follow.followee_id AND brings(follow, item) AND (item.at, item.post_id) >= (bound.at, bound.post_id)
          ORDER BY item.at DESC, item.post_id DESC LIMIT bound.size
        ) AS item
        WHERE mode.mode IS DISTINCT FROM 'PULL'
        ORDER BY item.at DESC, item.post_id DESC, item.kind, item.actor_id LIMIT (SELECT bound.size FROM bound)
      ), put AS (
        INSERT INTO timeline_entry (user_id, post_id, actor_id, author_id, kind, at)
        SELECT ${userId}::uuid, raw.post_id, raw.actor_id, raw.author_id, raw.kind, raw.at FROM raw
        WHERE raw.kind = 'POST' OR NOT EXISTS (
          SELECT FROM feed_item AS item
          JOIN followee AS follow ON follow.follower_id = ${userId} AND follow.followee_id = item.actor_id
          LEFT JOIN author_mode AS mode ON mode.author_id = item.actor_id
          WHERE item.post_id = raw.post_id AND brings(follow, item) AND mode.mode IS DISTINCT FROM 'PULL'
            AND (item.kind, item.at, item.actor_id) < (raw.kind, raw.at, raw.actor_id)
        )
        RETURNING 1
      ), horizon AS (
        SELECT at, post_id FROM raw WHERE (SELECT count(*) FROM raw) = (SELECT size FROM bound) ORDER BY at, post_id LIMIT 1
      )
      UPDATE reader SET
        built_at = ${now},
        entry_count = (SELECT count(*) FROM put),
        horizon_at = coalesce((SELECT at FROM horizon), (SELECT at FROM bound)),
        horizon_id = coalesce((SELECT post_id FROM horizon), horizon_id)
      WHERE user_id = ${userId}`;
  }

  /** Leaves each of these timelines its `keep` newest entries and puts its horizon there. */
  async trim(tx: Tx, userIds: readonly string[], keep: number): Promise<void> {
    await tx.sql`
      WITH last AS (
        SELECT reader.user_id, entry.at, entry.post_id
        FROM reader CROSS JOIN LATERAL (
          SELECT at, post_id FROM timeline_entry WHERE user_id = reader.user_id ORDER BY at DESC, post_id DESC OFFSET ${keep - 1} LIMIT 1
        ) AS entry
        WHERE reader.user_id = ANY(${userIds}::uuid[])
      ), gone AS (
        DELETE FROM timeline_entry AS entry USING last WHERE entry.user_id = last.user_id AND (entry.at, entry.post_id) < (last.at, last.post_id)
      )
      UPDATE reader SET horizon_at = last.at, horizon_id = last.post_id
      FROM last WHERE reader.user_id = last.user_id`;
    await tx.sql`
      UPDATE reader SET entry_count = (SELECT count(*) FROM timeline_entry AS entry WHERE entry.user_id = reader.user_id)
      WHERE user_id = ANY(${userIds}::uuid[])`;
  }

  /** The full ones among these timelines. */
  async fullOnes(tx: Tx, userIds: readonly string[], capacity: number): Promise<readonly string[]> {
    const rows = await tx.sql<{ userId: string }>`
      SELECT user_id AS "userId" FROM reader WHERE user_id = ANY(${userIds}::uuid[]) AND entry_count >= ${capacity}`;
    return rows.map(({ userId }) => userId);
  }
}
