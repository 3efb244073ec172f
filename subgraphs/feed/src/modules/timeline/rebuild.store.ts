import type { Database, Tx } from '@plaza/db/database';
import { primaryLanguage } from '../../language.js';
import type { FollowFacts } from './graph.store.js';
import type { PostFacts, RepostFacts } from './item.store.js';

/** A number that is equal for equal contents of a read model, whatever the order of its rows, and how many rows it has. */
export interface Checksum {
  readonly model: string;
  readonly rows: number;
  readonly sum: string;
}

/** Empties and fills the read models whole. */
export class RebuildStore {
  /** Modes stay: between the two thresholds they remember where an actor came from. Timelines keep their horizons and count as not built. */
  async empty(tx: Tx): Promise<void> {
    await tx.sql`DELETE FROM refresh_task`;
    await tx.sql`DELETE FROM reader_log`;
    await tx.sql`DELETE FROM actor_log`;
    await tx.sql`DELETE FROM timeline_entry`;
    await tx.sql`UPDATE reader SET built_at = NULL, entry_count = 0`;
    await tx.sql`DELETE FROM feed_item`;
    await tx.sql`DELETE FROM followee`;
  }

  async addPosts(tx: Tx, posts: readonly PostFacts[]): Promise<void> {
    await tx.sql`
      INSERT INTO feed_item (post_id, actor_id, kind, author_id, at, audience, language, is_live, revision)
      SELECT post_id, author_id, 'POST', author_id, at, audience::audience, language, true, revision
      FROM unnest(
        ${posts.map(({ postId }) => postId)}::uuid[], ${posts.map(({ authorId }) => authorId)}::uuid[], ${posts.map(({ createdAt }) => createdAt)}::timestamptz[],
        ${posts.map(({ audience }) => audience)}::text[], ${posts.map(({ language }) => (language === null ? null : primaryLanguage(language)))}::text[],
        ${posts.map(({ revision }) => revision)}::int[]
      ) AS post (post_id, author_id, at, audience, language, revision)`;
  }

  /** After all posts: a repost repeats what is known of its post. */
  async addReposts(tx: Tx, reposts: readonly RepostFacts[]): Promise<void> {
    await tx.sql`
      INSERT INTO feed_item (post_id, actor_id, kind, author_id, at, audience, language, is_live)
      SELECT repost.post_id, repost.user_id, 'REPOST', repost.author_id, repost.at, post.audience, post.language, post.post_id IS NOT NULL
      FROM unnest(
        ${reposts.map(({ postId }) => postId)}::uuid[], ${reposts.map(({ userId }) => userId)}::uuid[],
        ${reposts.map(({ authorId }) => authorId)}::uuid[], ${reposts.map(({ createdAt }) => createdAt)}::timestamptz[]
      ) AS repost (post_id, user_id, author_id, at)
      LEFT JOIN feed_item AS post ON post.post_id = repost.post_id AND post.kind = 'POST'`;
  }

  async addFollows(tx: Tx, follows: readonly FollowFacts[]): Promise<void> {
    const rows = follows.map(({ followerId, followeeId, reposts, languages, createdAt }) => ({
      follower_id: followerId,
      followee_id: followeeId,
      reposts,
      languages: [...new Set(languages.map(primaryLanguage))],
      since: createdAt,
    }));
    await tx.sql`
      INSERT INTO followee (follower_id, followee_id, reposts, languages, since)
      SELECT follower_id, followee_id, reposts, languages, since FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS follow (follower_id uuid, followee_id uuid, reposts boolean, languages text[], since timestamptz)`;
  }

  /** Once posts and follows are there: authors follow themselves, followers are counted, and each kept timeline is to be built. */
  async complete(tx: Tx): Promise<void> {
    await tx.sql`
      INSERT INTO followee (follower_id, followee_id, reposts, languages, since)
      SELECT DISTINCT author_id, author_id, false, '{}'::text[], 'epoch'::timestamptz FROM feed_item WHERE kind = 'POST' ON CONFLICT DO NOTHING`;
    await tx.sql`UPDATE author_mode SET follower_count = 0`;
    await tx.sql`
      INSERT INTO author_mode (author_id, follower_count)
      SELECT followee_id, count(*) FROM followee WHERE followee_id <> follower_id GROUP BY followee_id
      ON CONFLICT (author_id) DO UPDATE SET follower_count = excluded.follower_count`;
  }

  async orderTimelines(tx: Tx, seenSince: Date): Promise<void> {
    await tx.sql`DELETE FROM refresh_task`;
    await tx.sql`INSERT INTO refresh_task (kind, user_id) SELECT 'READER', user_id FROM reader WHERE last_seen_at > ${seenSince}`;
  }

  /** Of what counts: live items, follows of others, actors with followers, kept timelines. All in one moment. */
  async checksums(database: Database<unknown>, seenSince: Date): Promise<readonly Checksum[]> {
    return database.sql<{ model: string; rows: number; sum: string }>`
      SELECT 'followee' AS model, count(*) AS rows, coalesce(sum(hashtextextended(row::text, 0)::numeric), 0)::text AS sum
      FROM (SELECT follower_id, followee_id, reposts, languages, since FROM followee WHERE follower_id <> followee_id) AS row
      UNION ALL
      SELECT 'feed_item', count(*), coalesce(sum(hashtextextended(row::text, 0)::numeric), 0)::text
      FROM (SELECT post_id, actor_id, kind, author_id, at, audience, language FROM feed_item WHERE is_live) AS row
      UNION ALL
      SELECT 'author_mode', count(*), coalesce(sum(hashtextextended(row::text, 0)::numeric), 0)::text
      FROM (SELECT author_id, follower_count, mode FROM author_mode WHERE follower_count > 0) AS row
      UNION ALL
      SELECT 'timeline_entry', count(*), coalesce(sum(hashtextextended(row::text, 0)::numeric), 0)::text
      FROM (
        SELECT entry.user_id, entry.post_id, entry.actor_id, entry.kind, entry.at
        FROM timeline_entry AS entry JOIN reader ON reader.user_id = entry.user_id AND reader.last_seen_at > ${seenSince}
      ) AS row`;
  }
}
