import type { Database } from '@plaza/db/database';
import { type Candidate, DAILY_DECAY } from './suggestion.policy.js';

/** What bounds the work of one look, whoever looks. */
const BOUNDS = {
  /** The viewer's last likes, comments and reposts that say who is close. */
  interactions: 1_000,
  /** The closest of those whom the viewer follows. */
  friends: 100,
  /** Whom each of them followed last. */
  follows: 100,
  /** The best of each source. */
  best: 80,
  /** Friends that bear a candidate out. */
  witnesses: 10,
};

export class SuggestionStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  /**
   * The best candidates of each source, in no order: whom friends follow, weighed by how close each friend is; who follows the viewer; whom most
   * follow. One statement whose work is bounded by {@link BOUNDS}. They may be a little old, but for what the viewer did themselves: who may be
   * suggested is decided after it.
   */
  async candidates(viewerId: string, now: Date): Promise<readonly Candidate[]> {
    return this.#database.staleSql(viewerId)<Candidate & { userId: string }>`
      WITH bond AS (
        SELECT done.author_id, sum(${DAILY_DECAY}::float8 ^ ((${now}::timestamptz AT TIME ZONE 'UTC')::date - (done.at AT TIME ZONE 'UTC')::date)) AS weight
        FROM (
          (SELECT author_id, at FROM post_reaction WHERE user_id = ${viewerId} AND at <= ${now} ORDER BY at DESC LIMIT ${BOUNDS.interactions})
          UNION ALL
          (SELECT author_id, at FROM feed_item WHERE actor_id = ${viewerId} AND kind = 'REPOST' AND is_live AND at <= ${now}
           ORDER BY at DESC, post_id DESC LIMIT ${BOUNDS.interactions})
        ) AS done
        GROUP BY done.author_id
      ), friend AS MATERIALIZED (
        SELECT follow.followee_id AS id, 1 + ln(1 + coalesce(bond.weight, 0)) AS closeness
        FROM followee AS follow LEFT JOIN bond ON bond.author_id = follow.followee_id
        WHERE follow.follower_id = ${viewerId} AND follow.followee_id <> ${viewerId}
        ORDER BY 2 DESC, follow.since DESC, 1 LIMIT ${BOUNDS.friends}
      ), hop AS MATERIALIZED (
        SELECT next.followee_id AS id, friend.id AS friend_id, friend.closeness
        FROM friend CROSS JOIN LATERAL (
          SELECT follow.followee_id FROM followee AS follow WHERE follow.follower_id = friend.id
          ORDER BY follow.since DESC, follow.followee_id LIMIT ${BOUNDS.follows}
        ) AS next
        WHERE next.followee_id <> friend.id
      ), barred AS MATERIALIZED (
        SELECT ${viewerId}::uuid AS id UNION SELECT followee_id FROM followee WHERE follower_id = ${viewerId}
        UNION SELECT followee_id FROM follow_ask WHERE follower_id = ${viewerId}
        UNION SELECT user_id FROM suggestion_dismissal WHERE viewer_id = ${viewerId}
      ), near AS MATERIALIZED (
        SELECT met.id, met.weight FROM (SELECT hop.id, sum(hop.closeness) AS weight FROM hop GROUP BY hop.id) AS met
        WHERE NOT EXISTS (SELECT FROM barred WHERE barred.id = met.id)
          AND NOT EXISTS (SELECT FROM account_standing AS account WHERE account.user_id = met.id AND NOT account.is_discoverable)
        ORDER BY met.weight DESC, met.id LIMIT ${BOUNDS.best}
      ), fan AS MATERIALIZED (
        SELECT follow.follower_id AS id FROM followee AS follow
        WHERE follow.followee_id = ${viewerId} AND NOT EXISTS (SELECT FROM barred WHERE barred.id = follow.follower_id)
          AND NOT EXISTS (SELECT FROM account_standing AS account WHERE account.user_id = follow.follower_id AND NOT account.is_discoverable)
        ORDER BY follow.follower_id DESC LIMIT ${BOUNDS.best}
      ), popular AS MATERIALIZED (
        SELECT mode.author_id AS id FROM author_mode AS mode
        WHERE mode.follower_count > 0 AND NOT EXISTS (SELECT FROM barred WHERE barred.id = mode.author_id)
          AND NOT EXISTS (SELECT FROM account_standing AS account WHERE account.user_id = mode.author_id AND NOT account.is_discoverable)
        ORDER BY mode.follower_count DESC, mode.author_id LIMIT ${BOUNDS.best}
      ), found AS MATERIALIZED (
        SELECT id FROM near UNION SELECT id FROM fan UNION SELECT id FROM popular
      ), witness AS (
        SELECT id, array_agg(friend_id ORDER BY place) AS friends FROM (
          SELECT hop.id, hop.friend_id, row_number() OVER (PARTITION BY hop.id ORDER BY hop.closeness DESC, hop.friend_id) AS place
          FROM found JOIN hop ON hop.id = found.id
        ) AS placed
        WHERE place <= ${BOUNDS.witnesses} GROUP BY id
      )
      SELECT found.id AS "userId", coalesce(near.weight, 0) AS "twoHop", fan.id IS NOT NULL AS "followsViewer", popular.id IS NOT NULL AS "isPopular",
        coalesce(mode.follower_count, 0) AS "followerCount", coalesce(witness.friends, '{}') AS friends
      FROM found LEFT JOIN near ON near.id = found.id LEFT JOIN fan ON fan.id = found.id LEFT JOIN popular ON popular.id = found.id
      LEFT JOIN witness ON witness.id = found.id LEFT JOIN author_mode AS mode ON mode.author_id = found.id`;
  }

  /** May be repeated. */
  async dismiss(viewerId: string, userId: string, now: Date): Promise<void> {
    await this.#database.sql`
      INSERT INTO suggestion_dismissal (viewer_id, user_id, dismissed_at) VALUES (${viewerId}, ${userId}, ${now}) ON CONFLICT DO NOTHING`;
  }
}
