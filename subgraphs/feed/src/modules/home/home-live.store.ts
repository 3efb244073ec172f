import type { Database } from '@plaza/db/database';
import type { FeedMoment } from './home.store.js';

/** A line of a reader's log, or of that of a pulled actor whom they follow. */
export interface LogLine {
  readonly number: number;
  readonly postId: string;
  readonly kind: 'TOUCH' | 'EDIT' | 'RESYNC';
  readonly upto: number;
}

/** A question: was this post in the feed for who had read the logs up to `position` and knew of tasks up to `upto`? */
export interface Look {
  readonly postId: string;
  readonly position: number;
  readonly upto: number;
}

/** Reads live logs, and what feeds held at the moments that they tell of. */
export class HomeLiveStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  /** The present moment of a reader's feed. */
  async moment(readerId: string): Promise<FeedMoment> {
    const [row] = await this.#database.sql<FeedMoment>`
      SELECT generation, number AS position, greatest(feed_settled(), (
        SELECT upto FROM reader_log AS line WHERE line.reader_id = ${readerId} ORDER BY line.number DESC LIMIT 1
      )) AS upto
      FROM feed_clock`;
    if (row === undefined) throw new Error('the clock of feeds is gone');
    return row;
  }

  /**
   * Lines behind that of a post within a number, in the order of the clock; none only when there is none. Of an actor who is followed no longer,
   * those from while they were: what went meanwhile the reader may still hold.
   */
  async lines(readerId: string, position: number, postId: string, limit: number): Promise<readonly LogLine[]> {
    return this.#database.sql<LogLine>`
      SELECT number, post_id AS "postId", max(kind) AS kind, max(upto) AS upto
      FROM (
        (SELECT number, post_id, kind, upto FROM reader_log
          WHERE reader_id = ${readerId} AND (number, post_id) > (${position}, ${postId}::uuid) ORDER BY number, post_id LIMIT ${limit})
        UNION ALL
        (SELECT log.number, log.post_id, log.kind, log.upto FROM actor_log AS log
          JOIN followee AS follow ON follow.follower_id = ${readerId} AND follow.followee_id = log.actor_id
          WHERE log.number >= ${position} AND (log.number, log.post_id) > (${position}, ${postId}::uuid) ORDER BY log.number, log.post_id LIMIT ${limit})
        UNION ALL
        (SELECT log.number, log.post_id, log.kind, log.upto FROM actor_log AS log
          JOIN followee_past AS past ON past.follower_id = ${readerId} AND past.followee_id = log.actor_id AND past.until >= ${position}
          WHERE log.number >= ${position} AND (log.number, log.post_id) > (${position}, ${postId}::uuid) AND log.number <= past.until
          ORDER BY log.number, log.post_id LIMIT ${limit})
      ) AS line
      GROUP BY number, post_id ORDER BY number, post_id LIMIT ${limit}`;
  }

  /** Whether more than so many lines lie behind a position. */
  async isBeyond(readerId: string, position: number, most: number): Promise<boolean> {
    const [row] = await this.#database.sql<{ lines: number }>`
      SELECT (SELECT count(*) FROM (SELECT FROM reader_log WHERE reader_id = ${readerId} AND number > ${position} LIMIT ${most + 1}) AS line)
        + (SELECT count(*) FROM (
            SELECT FROM actor_log AS log JOIN followee AS follow ON follow.follower_id = ${readerId} AND follow.followee_id = log.actor_id
            WHERE log.number > ${position} LIMIT ${most + 1}
          ) AS line)
        + (SELECT count(*) FROM (
            SELECT FROM actor_log AS log
            JOIN followee_past AS past ON past.follower_id = ${readerId} AND past.followee_id = log.actor_id AND past.until >= ${position}
            WHERE log.number > ${position} AND log.number <= past.until LIMIT ${most + 1}
          ) AS line) AS lines`;
    return (row?.lines ?? 0) > most;
  }

  /** Pulled actors whom the reader follows. */
  async pulled(readerId: string): Promise<readonly string[]> {
    const rows = await this.#database.sql<{ actorId: string }>`
      SELECT follow.followee_id AS "actorId" FROM author_mode AS mode
      JOIN followee AS follow ON follow.follower_id = ${readerId} AND follow.followee_id = mode.author_id
      WHERE mode.mode = 'PULL'`;
    return rows.map(({ actorId }) => actorId);
  }

  /** Which of the questions are answered with yes, in their order. The models remember for as long as logs are kept. */
  async wasThere(readerId: string, looks: readonly Look[]): Promise<readonly boolean[]> {
    const rows = await this.#database.sql<{ index: number; isThere: boolean }>`
      SELECT look.index, EXISTS (
        SELECT FROM (
          SELECT actor_id, kind, author_id, audience, language, number, is_direct, NULL::bigint AS until, false AS is_until_direct
          FROM feed_item WHERE post_id = look.post_id AND is_live
          UNION ALL
          SELECT actor_id, kind, author_id, audience, language, number, is_direct, until, is_until_direct FROM feed_item_past WHERE post_id = look.post_id
        ) AS item
        CROSS JOIN LATERAL (
          SELECT reposts, languages, number, is_direct, NULL::bigint AS until, false AS is_until_direct
          FROM followee WHERE follower_id = ${readerId} AND followee_id = item.actor_id
          UNION ALL
          SELECT reposts, languages, number, is_direct, until, is_until_direct
          FROM followee_past WHERE follower_id = ${readerId} AND followee_id = item.actor_id
        ) AS follow
        WHERE is_told(item.number, item.is_direct, look.position, look.upto)
          AND (item.until IS NULL OR NOT is_told(item.until, item.is_until_direct, look.position, look.upto))
          AND is_told(follow.number, follow.is_direct, look.position, look.upto)
          AND (follow.until IS NULL OR NOT is_told(follow.until, follow.is_until_direct, look.position, look.upto))
          AND brings(${readerId}::uuid, follow.reposts, follow.languages, item.kind, item.author_id, item.audience, item.language)
          AND (item.audience = 'PUBLIC' OR item.author_id = ${readerId} OR (
            follows_at(${readerId}, item.author_id, look.position, look.upto)
            AND (item.audience = 'FOLLOWERS' OR follows_at(item.author_id, ${readerId}, look.position, look.upto))
          ))
      ) AS "isThere"
      FROM unnest(
        ${looks.map(({ postId }) => postId)}::uuid[], ${looks.map(({ position }) => position)}::bigint[], ${looks.map(({ upto }) => upto)}::bigint[]
      ) WITH ORDINALITY AS look (post_id, position, upto, index)
      ORDER BY look.index`;
    return rows.map(({ isThere }) => isThere);
  }
}
