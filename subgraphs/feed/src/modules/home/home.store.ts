import type { Database } from '@plaza/db/database';
import type { Keyset } from '@plaza/kernel/page';

/** How a post came to a reader. */
export interface HomeItem {
  readonly postId: string;
  readonly actorId: string;
  readonly authorId: string;
  readonly kind: 'POST' | 'REPOST';
  readonly at: Date;
}

/** An item where it stands in the order; `isFirst` is false when another item of the same post counts and this one does not. */
export interface Candidate extends HomeItem {
  readonly isFirst: boolean;
}

/** A moment of the clock of feeds, as a reader's feed shows it. */
export interface FeedMoment {
  /** Moments of different generations of the read models cannot be compared. */
  readonly generation: number;
  /** What took effect at once, by pulled actors, is shown up to here; it is where live logs go on. */
  readonly position: number;
  /** What takes effect by tasks, by pushed actors, is shown up to here. */
  readonly upto: number;
}

/** Candidates by the definition alone, and the moment of it. */
export interface LookUp {
  readonly moment: FeedMoment;
  readonly candidates: readonly Candidate[];
}

/** A page of a kept timeline with what pulled actors brought, complete down to the timeline's horizon. */
export interface TimelinePage {
  readonly lastSeenAt: Date;
  /** Null: the timeline goes back to the beginning. */
  readonly horizon: Keyset | null;
  readonly moment: FeedMoment;
  readonly candidates: readonly Candidate[];
}

/** Before everything: where a feed begins. */
const TOP: Keyset = { at: new Date('9999-12-31T00:00:00Z'), id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };

/** How many of each followee's newest items a look-up takes to learn how far back its page can reach. */
const SAMPLE = 2;
const NIL = '00000000-0000-0000-0000-000000000000';

/** A page's row beside what is the same in all of them; the post is null when there is nothing else. */
interface CandidateRow extends Omit<Candidate, 'postId'> {
  readonly postId: string | null;
}

interface TimelineRow extends CandidateRow, FeedMoment {
  readonly lastSeenAt: Date;
  readonly horizonAt: Date | null;
  readonly horizonId: string;
}

/**
 * Reads home feeds. The feed of a reader is: of all items that `brings()` lets those bring whom the reader follows (and themselves), for each post
 * the first (the author's own before any repost, then by time), the newest post first. {@link lookUp} is that definition; {@link timeline} is the
 * same through the copies that fan-out made.
 */
export class HomeStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  /** The newest candidates before a position, by the reader's timeline; null when none is kept. One statement, so one moment. */
  async timeline(userId: string, before: Keyset | null, limit: number, seenSince: Date): Promise<TimelinePage | null> {
    const { at, id } = before ?? TOP;
    const rows = await this.#database.sql<TimelineRow>`
      SELECT reader.last_seen_at AS "lastSeenAt", nullif(reader.horizon_at, '-infinity') AS "horizonAt", reader.horizon_id AS "horizonId",
        raw.post_id AS "postId", raw.actor_id AS "actorId", raw.author_id AS "authorId", raw.kind, raw.at,
        clock.generation, clock.number AS position, clock.upto,
        -- What is not copied yet and not pulled stands behind nothing.
        raw.kind = 'POST' OR NOT EXISTS (
          SELECT FROM timeline_entry AS entry
          WHERE entry.user_id = reader.user_id AND entry.post_id = raw.post_id AND (entry.kind, entry.at, entry.actor_id) < (raw.kind, raw.at, raw.actor_id)
        ) AND NOT EXISTS (
          SELECT FROM feed_item AS item JOIN followee AS follow ON follow.follower_id = reader.user_id AND follow.followee_id = item.actor_id
          WHERE item.post_id = raw.post_id AND brings(follow, item) AND (item.kind, item.at, item.actor_id) < (raw.kind, raw.at, raw.actor_id)
            -- Who is pulled is asked here and not by feed_pulls(): a function that asks is planned anew for each statement that calls it.
            AND ((item.at, item.post_id) < (reader.horizon_at, reader.horizon_id)
              OR EXISTS (SELECT FROM author_mode AS mode WHERE mode.author_id = item.actor_id AND mode.mode = 'PULL')
              OR item.actor_id IN (SELECT task.actor_id FROM refresh_task AS task WHERE task.kind = 'ACTOR'))
        ) AS "isFirst"
      FROM reader CROSS JOIN LATERAL (
        SELECT generation, number, greatest(feed_settled(), (
          SELECT upto FROM reader_log AS line WHERE line.reader_id = reader.user_id ORDER BY line.number DESC LIMIT 1
        )) AS upto
        FROM feed_clock OFFSET 0
      ) AS clock LEFT JOIN LATERAL (
        WITH kept AS MATERIALIZED (
          SELECT entry.post_id, entry.actor_id, entry.author_id, entry.kind, entry.at FROM timeline_entry AS entry
          WHERE entry.user_id = reader.user_id AND (entry.at, entry.post_id) < (${at}, ${id}::uuid)
          ORDER BY entry.at DESC, entry.post_id DESC LIMIT ${limit}
        ), floor AS MATERIALIZED (
          -- What is older than a full page of the timeline cannot be on this page.
          SELECT at, post_id FROM (
            SELECT at, post_id FROM (SELECT at, post_id FROM kept ORDER BY at DESC, post_id DESC OFFSET ${limit - 1} LIMIT 1) AS last
            UNION ALL SELECT reader.horizon_at, reader.horizon_id
          ) AS bound ORDER BY at DESC, post_id DESC LIMIT 1
        )
        SELECT * FROM (
          -- Who is on the way from one mode to the other may be in both.
          SELECT * FROM kept UNION
          SELECT pulled.* FROM floor CROSS JOIN followee AS follow LEFT JOIN author_mode AS mode ON mode.author_id = follow.followee_id
          CROSS JOIN LATERAL (
            SELECT item.post_id, item.actor_id, item.author_id, item.kind, item.at FROM feed_item AS item
            WHERE item.actor_id = follow.followee_id AND brings(follow, item) AND (item.at, item.post_id) < (${at}, ${id}::uuid)
              AND (item.at, item.post_id) >= (floor.at, floor.post_id)
            ORDER BY item.at DESC, item.post_id DESC LIMIT ${limit}
          ) AS pulled
          -- Begun with whom the reader follows, not with all who are pulled: the network may have a million of these.
          WHERE follow.follower_id = reader.user_id
            AND (mode.mode = 'PULL' OR follow.followee_id IN (SELECT task.actor_id FROM refresh_task AS task WHERE task.kind = 'ACTOR'))
        ) AS item ORDER BY at DESC, post_id DESC, kind, actor_id LIMIT ${limit}
      ) AS raw ON true
      WHERE reader.user_id = ${userId} AND reader.built_at IS NOT NULL AND reader.last_seen_at > ${seenSince}
      ORDER BY raw.at DESC, raw.post_id DESC, raw.kind, raw.actor_id`;
    const [first] = rows;
    if (first === undefined) return null;
    return {
      lastSeenAt: first.lastSeenAt,
      horizon: first.horizonAt === null ? null : { at: first.horizonAt, id: first.horizonId },
      moment: { generation: first.generation, position: first.position, upto: first.upto },
      candidates: candidatesOf(rows),
    };
  }

  /** The newest candidates before a position, by the definition alone. One statement, so one moment. */
  async lookUp(userId: string, before: Keyset | null, limit: number): Promise<LookUp> {
    const { at, id } = before ?? TOP;
    const rows = await this.#database.sql<CandidateRow & { generation: number; position: number }>`
      SELECT clock.generation, clock.number AS position, raw.post_id AS "postId", raw.actor_id AS "actorId", raw.author_id AS "authorId", raw.kind, raw.at,
        raw.kind = 'POST' OR NOT EXISTS (
          SELECT FROM feed_item AS item JOIN followee AS follow ON follow.follower_id = ${userId} AND follow.followee_id = item.actor_id
          WHERE item.post_id = raw.post_id AND brings(follow, item) AND (item.kind, item.at, item.actor_id) < (raw.kind, raw.at, raw.actor_id)
        ) AS "isFirst"
      FROM feed_clock AS clock LEFT JOIN LATERAL (
        WITH sample AS MATERIALIZED (
          SELECT item.at, item.post_id FROM followee AS follow CROSS JOIN LATERAL (
            SELECT item.at, item.post_id FROM feed_item AS item
            WHERE item.actor_id = follow.followee_id AND brings(follow, item) AND (item.at, item.post_id) < (${at}, ${id}::uuid)
            ORDER BY item.at DESC, item.post_id DESC LIMIT ${SAMPLE}
          ) AS item
          WHERE follow.follower_id = ${userId}
        ), floor AS MATERIALIZED (
          -- The page of a part of all items reaches at least as far back as the page of all.
          SELECT at, post_id FROM (
            SELECT at, post_id FROM (SELECT at, post_id FROM sample ORDER BY at DESC, post_id DESC OFFSET ${limit - 1} LIMIT 1) AS last
            UNION ALL SELECT '-infinity', ${NIL}::uuid
          ) AS bound ORDER BY at DESC, post_id DESC LIMIT 1
        )
        SELECT brought.* FROM floor CROSS JOIN followee AS follow CROSS JOIN LATERAL (
          SELECT item.post_id, item.actor_id, item.author_id, item.kind, item.at FROM feed_item AS item
          WHERE item.actor_id = follow.followee_id AND brings(follow, item) AND (item.at, item.post_id) < (${at}, ${id}::uuid)
            AND (item.at, item.post_id) >= (floor.at, floor.post_id)
          ORDER BY item.at DESC, item.post_id DESC LIMIT ${limit}
        ) AS brought
        WHERE follow.follower_id = ${userId}
        ORDER BY brought.at DESC, brought.post_id DESC, brought.kind, brought.actor_id LIMIT ${limit}
      ) AS raw ON true
      ORDER BY raw.at DESC, raw.post_id DESC, raw.kind, raw.actor_id`;
    const [first] = rows;
    if (first === undefined) throw new Error('the clock of feeds is gone');
    const { generation, position } = first;
    return { moment: { generation, position, upto: position }, candidates: candidatesOf(rows) };
  }

  /** Why a post is in the reader's feed now: the first item of it; null when it is not. */
  async firstOf(userId: string, postId: string): Promise<Candidate | null> {
    const [row] = await this.#database.sql<Candidate>`
      SELECT item.post_id AS "postId", item.actor_id AS "actorId", item.author_id AS "authorId", item.kind, item.at, true AS "isFirst"
      FROM feed_item AS item JOIN followee AS follow ON follow.follower_id = ${userId} AND follow.followee_id = item.actor_id
      WHERE item.post_id = ${postId} AND brings(follow, item) ORDER BY item.kind, item.at, item.actor_id LIMIT 1`;
    return row ?? null;
  }

  async isKept(userId: string, seenSince: Date): Promise<boolean> {
    const rows = await this.#database
      .sql`SELECT FROM reader WHERE user_id = ${userId} AND built_at IS NOT NULL AND last_seen_at > ${seenSince}`;
    return rows.length > 0;
  }

  /** The reader is here: their timeline is kept on. */
  async seen(userId: string, now: Date): Promise<void> {
    await this.#database.sql`UPDATE reader SET last_seen_at = ${now} WHERE user_id = ${userId} AND built_at IS NOT NULL`;
  }

  /** The reader is new or back after long: leaves the work of building their timeline, once. */
  async orderTimeline(userId: string, now: Date, seenSince: Date): Promise<void> {
    await this.#database.sql`
      WITH reader AS (
        INSERT INTO reader AS known (user_id, last_seen_at) VALUES (${userId}, ${now})
        ON CONFLICT (user_id) DO UPDATE SET last_seen_at = excluded.last_seen_at, built_at = NULL,
          horizon_at = CASE WHEN known.last_seen_at > ${seenSince} THEN known.horizon_at ELSE 'infinity' END
          WHERE known.built_at IS NULL OR known.last_seen_at <= ${seenSince}
        RETURNING user_id
      )
      INSERT INTO refresh_task (kind, user_id) SELECT 'READER', reader.user_id FROM reader
      WHERE NOT EXISTS (SELECT FROM refresh_task AS task WHERE task.kind = 'READER' AND task.user_id = reader.user_id)`;
  }
}

const candidatesOf = (rows: readonly CandidateRow[]): readonly Candidate[] =>
  rows.flatMap(({ postId, actorId, authorId, kind, at, isFirst }) =>
    postId === null ? [] : [{ postId, actorId, authorId, kind, at, isFirst }],
  );
