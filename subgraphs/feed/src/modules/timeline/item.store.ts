import type { Tx } from '@plaza/db/database';
import type { Audience } from '@plaza/visibility/can-see';
import { primaryLanguage } from '../../language.js';

/** What feeds need to know of a post. */
export interface PostFacts {
  readonly postId: string;
  readonly authorId: string;
  readonly revision: number;
  readonly audience: Audience;
  readonly language: string | null;
  readonly createdAt: string;
}

export interface RepostFacts {
  readonly postId: string;
  readonly authorId: string;
  readonly userId: string;
  readonly createdAt: string;
}

/** What each actor brought. Every method may be repeated, and an older revision changes nothing. All want the clock to be moved on before. */
export class ItemStore {
  /** A post is there or has changed; only `isRestored` brings back one that was deleted. Its reposts follow it. */
  async putPost(tx: Tx, post: PostFacts, isRestored: boolean): Promise<void> {
    const language = post.language === null ? null : primaryLanguage(post.language);
    await tx.sql`
      WITH post AS (
        INSERT INTO feed_item AS item (post_id, actor_id, kind, author_id, at, audience, language, is_live, revision, number, is_direct)
        VALUES (
          ${post.postId}, ${post.authorId}, 'POST', ${post.authorId}, ${post.createdAt}, ${post.audience}, ${language}, true, ${post.revision},
          feed_number(), feed_pulls(${post.authorId})
        )
        ON CONFLICT (post_id, actor_id, kind) DO UPDATE
          SET audience = excluded.audience, language = excluded.language, revision = excluded.revision, is_live = item.is_live OR ${isRestored}
          WHERE item.revision <= excluded.revision
        RETURNING post_id, author_id, audience, language, is_live
      ), self AS (
        INSERT INTO followee (follower_id, followee_id, reposts, languages, since) VALUES (${post.authorId}, ${post.authorId}, false, '{}', 'epoch')
        ON CONFLICT DO NOTHING
      )
      UPDATE feed_item AS item SET author_id = post.author_id, audience = post.audience, language = post.language, is_live = post.is_live
      FROM post WHERE item.post_id = post.post_id AND item.kind = 'REPOST'`;
  }

  /** Nothing that was brought of the post counts until it is restored. */
  async deletePost(tx: Tx, postId: string): Promise<void> {
    await tx.sql`UPDATE feed_item SET is_live = false WHERE post_id = ${postId} AND is_live`;
  }

  /** A repost counts as soon as its post is known and live. */
  async putRepost(tx: Tx, { postId, authorId, userId, createdAt }: RepostFacts): Promise<void> {
    await tx.sql`
      INSERT INTO feed_item (post_id, actor_id, kind, author_id, at, audience, language, is_live, number, is_direct)
      SELECT given.post_id, ${userId}::uuid, 'REPOST', ${authorId}::uuid, ${createdAt}::timestamptz, post.audience, post.language, coalesce(post.is_live, false),
        feed_number(), feed_pulls(${userId})
      FROM (SELECT ${postId}::uuid AS post_id) AS given LEFT JOIN feed_item AS post ON post.post_id = given.post_id AND post.kind = 'POST'
      ON CONFLICT (post_id, actor_id, kind) DO UPDATE SET at = excluded.at`;
  }

  async deleteRepost(tx: Tx, postId: string, userId: string): Promise<void> {
    await tx.sql`DELETE FROM feed_item WHERE post_id = ${postId} AND actor_id = ${userId} AND kind = 'REPOST'`;
  }
}
