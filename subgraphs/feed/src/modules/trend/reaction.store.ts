import type { Database, Tx } from '@plaza/db/database';

/** Likes and comments are forgotten after 90 days: by then one weighs less than 2 % in how close two people are. */
export const REACTIONS_MS = 90 * 86_400_000;

/** A like or a comment. */
export interface ReactionKey {
  readonly postId: string;
  readonly userId: string;
  readonly kind: 'LIKE' | 'COMMENT';
  /** The comment; for a like the post. */
  readonly sourceId: string;
}

/** Who liked and commented what lately. Every method may be repeated. */
export class ReactionStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async put(tx: Tx, { postId, userId, kind, sourceId }: ReactionKey, authorId: string, at: string): Promise<void> {
    await tx.sql`
      INSERT INTO post_reaction (post_id, user_id, kind, source_id, author_id, at)
      VALUES (${postId}, ${userId}, ${kind}::reaction_kind, ${sourceId}, ${authorId}, ${at}) ON CONFLICT DO NOTHING`;
  }

  async delete(tx: Tx, { postId, userId, kind, sourceId }: ReactionKey): Promise<void> {
    await tx.sql`
      DELETE FROM post_reaction WHERE post_id = ${postId} AND user_id = ${userId} AND kind = ${kind}::reaction_kind AND source_id = ${sourceId}`;
  }

  /** Forgets what was done before. */
  async prune(before: Date): Promise<void> {
    await this.#database.sql`DELETE FROM post_reaction WHERE at < ${before}`;
  }

  async empty(tx: Tx): Promise<void> {
    await tx.sql`DELETE FROM post_reaction`;
  }

  /** Once the posts are there, which know their authors. What was done with a post that is gone is forgotten. */
  async add(tx: Tx, reactions: readonly (ReactionKey & { readonly at: string })[]): Promise<void> {
    await tx.sql`
      INSERT INTO post_reaction (post_id, user_id, kind, source_id, author_id, at)
      SELECT reaction.post_id, reaction.user_id, reaction.kind::reaction_kind, reaction.source_id, item.author_id, reaction.at
      FROM unnest(
        ${reactions.map(({ postId }) => postId)}::uuid[], ${reactions.map(({ userId }) => userId)}::uuid[], ${reactions.map(({ kind }) => kind)}::text[],
        ${reactions.map(({ sourceId }) => sourceId)}::uuid[], ${reactions.map(({ at }) => at)}::timestamptz[]
      ) AS reaction (post_id, user_id, kind, source_id, at)
      JOIN feed_item AS item ON item.post_id = reaction.post_id AND item.kind = 'POST'`;
  }
}
