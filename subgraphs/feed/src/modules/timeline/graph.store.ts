import type { Database, Tx } from '@plaza/db/database';
import type { FanoutMode } from './fanout.policy.js';
import { primaryLanguage } from '../../language.js';

/** A follow as feeds know it. */
export interface FollowFacts {
  readonly followerId: string;
  readonly followeeId: string;
  readonly reposts: boolean;
  readonly languages: readonly string[];
  readonly createdAt: string;
}

/** An actor's standing after a follow came or went. */
export interface Standing {
  readonly followerCount: number;
  readonly mode: FanoutMode;
}

/** The copy of the follow graph and what each actor's number of followers means. */
export class GraphStore {
  /** Returns the followee's standing when the follow is new, null when only its options changed. */
  async putFollow(tx: Tx, { followerId, followeeId, reposts, languages, createdAt }: FollowFacts): Promise<Standing | null> {
    const [standing] = await tx.sql<{ followerCount: number; mode: FanoutMode }>`
      WITH follow AS (
        INSERT INTO followee (follower_id, followee_id, reposts, languages, since, number, is_direct)
        VALUES (
          ${followerId}, ${followeeId}, ${reposts}, ${[...new Set(languages.map(primaryLanguage))]}, ${createdAt}, feed_number(), feed_pulls(${followeeId})
        )
        ON CONFLICT (follower_id, followee_id) DO UPDATE SET reposts = excluded.reposts, languages = excluded.languages, since = excluded.since
        RETURNING followee_id, xmax = 0 AS is_new
      )
      INSERT INTO author_mode AS author (author_id, follower_count) SELECT followee_id, 1 FROM follow WHERE is_new
      ON CONFLICT (author_id) DO UPDATE SET follower_count = author.follower_count + 1
      RETURNING follower_count AS "followerCount", mode`;
    return standing ?? null;
  }

  /** Returns the followee's standing when there was a follow. */
  async deleteFollow(tx: Tx, followerId: string, followeeId: string): Promise<Standing | null> {
    const [standing] = await tx.sql<{ followerCount: number; mode: FanoutMode }>`
      WITH follow AS (DELETE FROM followee WHERE follower_id = ${followerId} AND followee_id = ${followeeId} RETURNING followee_id)
      UPDATE author_mode AS author SET follower_count = follower_count - 1 FROM follow WHERE author.author_id = follow.followee_id
      RETURNING author.follower_count AS "followerCount", author.mode`;
    return standing ?? null;
  }

  async pulls(tx: Tx, actorId: string): Promise<boolean> {
    const [row] = await tx.sql<{ pulls: boolean }>`SELECT feed_pulls(${actorId}) AS pulls`;
    return row?.pulls ?? false;
  }

  async standing(database: Database<unknown>, actorId: string): Promise<Standing> {
    const [standing] = await database.sql<Standing>`
      SELECT follower_count AS "followerCount", mode FROM author_mode WHERE author_id = ${actorId}`;
    return standing ?? { followerCount: 0, mode: 'PUSH' };
  }

  async setMode(tx: Tx, authorId: string, mode: FanoutMode): Promise<void> {
    await tx.sql`UPDATE author_mode SET mode = ${mode}::fanout_mode, number = feed_number() WHERE author_id = ${authorId}`;
  }

  /** Every actor who is pulled or has at least so many followers: those whose mode another threshold may change. */
  async standingsFrom(tx: Tx, followerCount: number): Promise<readonly (Standing & { readonly authorId: string })[]> {
    return tx.sql<Standing & { authorId: string }>`
      SELECT author_id AS "authorId", follower_count AS "followerCount", mode FROM author_mode
      WHERE mode = 'PULL' OR follower_count >= ${followerCount} ORDER BY author_id FOR UPDATE`;
  }
}
