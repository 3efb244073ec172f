import type { Database, Tx } from '@plaza/db/database';
import type { Ask } from '@plaza/db/full-pages';
import { HIGHEST_ID, LOWEST_ID } from '@plaza/db/keyset';
import type { CommentPosition, CommentSort } from './comment.cursor.js';

export interface CommentRow {
  readonly id: string;
  readonly postId: string;
  readonly authorId: string;
  /** The comment that it answers. */
  readonly replyToId: string | null;
  /** Where it stands: the comment that it answers, else the post. */
  readonly parentId: string;
  /** Empty once deleted. */
  readonly text: string;
  readonly likeCount: number;
  /** Direct answers without the deleted ones. */
  readonly replyCount: number;
  readonly createdAt: Date;
  readonly editedAt: Date | null;
  readonly isDeleted: boolean;
}

export type NewComment = Pick<CommentRow, 'id' | 'postId' | 'authorId' | 'replyToId' | 'text'>;

/** Reads take `comment.*`, because their orders differ in all but the columns. */
interface Stored {
  readonly id: string;
  readonly post_id: string;
  readonly author_id: string;
  readonly reply_to_id: string | null;
  readonly parent_id: string;
  readonly text: string;
  readonly like_count: number;
  readonly reply_count: number;
  readonly created_at: Date;
  readonly edited_at: Date | null;
  readonly deleted_at: Date | null;
}

const rowOf = (stored: Stored): CommentRow => ({
  id: stored.id,
  postId: stored.post_id,
  authorId: stored.author_id,
  replyToId: stored.reply_to_id,
  parentId: stored.parent_id,
  text: stored.text,
  likeCount: stored.like_count,
  replyCount: stored.reply_count,
  createdAt: stored.created_at,
  editedAt: stored.edited_at,
  isDeleted: stored.deleted_at !== null,
});

const MOST_LIKES = 2_147_483_647;

export class CommentStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async byIds(ids: readonly string[]): Promise<readonly CommentRow[]> {
    return (await this.#database.sql<Stored>`SELECT * FROM comment WHERE id = ANY(${ids}::uuid[])`).map(rowOf);
  }

  async inTx(tx: Tx, id: string): Promise<CommentRow | null> {
    const [stored] = await tx.sql<Stored>`SELECT * FROM comment WHERE id = ${id} FOR UPDATE`;
    return stored === undefined ? null : rowOf(stored);
  }

  /** The comments under each parent (posts, or comments that are answered), in one statement. */
  async under(asks: readonly Ask<CommentPosition>[], sort: CommentSort, limit: number): Promise<readonly CommentRow[]> {
    const parents = asks.map(({ ownerId }) => ownerId);
    const start = sort === 'OLDEST' ? { at: '-infinity', id: LOWEST_ID } : { at: 'infinity', id: HIGHEST_ID };
    const ats = asks.map(({ after }) => after?.at.toISOString() ?? start.at);
    const ids = asks.map(({ after }) => after?.id ?? start.id);
    switch (sort) {
      case 'TOP':
        return this.#top(
          parents,
          asks.map(({ after }) => after?.likes ?? MOST_LIKES),
          ats,
          ids,
          limit,
        );
      case 'NEWEST':
        return this.#newest(parents, ats, ids, limit);
      case 'OLDEST':
        return this.#oldest(parents, ats, ids, limit);
    }
  }

  async #top(parents: readonly string[], likes: readonly number[], ats: readonly string[], ids: readonly string[], limit: number) {
    const found = await this.#database.sql<Stored>`
      SELECT found.*
      FROM unnest(${parents}::uuid[], ${likes}::int[], ${ats}::timestamptz[], ${ids}::uuid[]) AS page(parent_id, likes, at, id)
      CROSS JOIN LATERAL (
        SELECT * FROM comment WHERE parent_id = page.parent_id AND (like_count, created_at, id) < (page.likes, page.at, page.id)
        ORDER BY like_count DESC, created_at DESC, id DESC LIMIT ${limit}
      ) found ORDER BY found.parent_id, found.like_count DESC, found.created_at DESC, found.id DESC`;
    return found.map(rowOf);
  }

  async #newest(parents: readonly string[], ats: readonly string[], ids: readonly string[], limit: number) {
    const found = await this.#database.sql<Stored>`
      SELECT found.*
      FROM unnest(${parents}::uuid[], ${ats}::timestamptz[], ${ids}::uuid[]) AS page(parent_id, at, id)
      CROSS JOIN LATERAL (
        SELECT * FROM comment WHERE parent_id = page.parent_id AND (created_at, id) < (page.at, page.id)
        ORDER BY created_at DESC, id DESC LIMIT ${limit}
      ) found ORDER BY found.parent_id, found.created_at DESC, found.id DESC`;
    return found.map(rowOf);
  }

  async #oldest(parents: readonly string[], ats: readonly string[], ids: readonly string[], limit: number) {
    const found = await this.#database.sql<Stored>`
      SELECT found.*
      FROM unnest(${parents}::uuid[], ${ats}::timestamptz[], ${ids}::uuid[]) AS page(parent_id, at, id)
      CROSS JOIN LATERAL (
        SELECT * FROM comment WHERE parent_id = page.parent_id AND (created_at, id) > (page.at, page.id) ORDER BY created_at, id LIMIT ${limit}
      ) found ORDER BY found.parent_id, found.created_at, found.id`;
    return found.map(rowOf);
  }

  /** Those of the comments that the viewer likes. */
  async liked(viewerId: string, ids: readonly string[]): Promise<readonly string[]> {
    const rows = await this.#database.sql<{ id: string }>`
      SELECT comment_id AS id FROM comment_like WHERE comment_id = ANY(${ids}::uuid[]) AND user_id = ${viewerId}`;
    return rows.map(({ id }) => id);
  }

  async insert(tx: Tx, { id, postId, authorId, replyToId, text }: NewComment): Promise<void> {
    await tx.sql`
      INSERT INTO comment (id, post_id, author_id, reply_to_id, parent_id, text)
      VALUES (${id}, ${postId}, ${authorId}, ${replyToId}, ${replyToId ?? postId}, ${text})`;
    if (replyToId !== null) await tx.sql`UPDATE comment SET reply_count = reply_count + 1 WHERE id = ${replyToId}`;
  }

  async setText(tx: Tx, id: string, text: string): Promise<void> {
    await tx.sql`UPDATE comment SET text = ${text}, edited_at = now() WHERE id = ${id}`;
  }

  /**
   * Deletes a comment: the row, if nothing answers it, together with the empty places above that were kept for it alone; else its text and likes.
   */
  async delete(tx: Tx, { id, replyToId }: CommentRow): Promise<void> {
    if (replyToId !== null) await tx.sql`UPDATE comment SET reply_count = reply_count - 1 WHERE id = ${replyToId}`;
    const answers = await tx.sql`SELECT 1 FROM comment WHERE parent_id = ${id} LIMIT 1`;
    if (answers.length > 0) {
      await tx.sql`DELETE FROM comment_like WHERE comment_id = ${id}`;
      await tx.sql`UPDATE comment SET text = '', like_count = 0, edited_at = NULL, deleted_at = now() WHERE id = ${id}`;
      return;
    }
    await tx.sql`
      WITH RECURSIVE gone AS (
        SELECT id, reply_to_id FROM comment WHERE id = ${id}
        UNION ALL
        SELECT above.id, above.reply_to_id FROM comment above JOIN gone ON above.id = gone.reply_to_id
        WHERE above.deleted_at IS NOT NULL
          AND NOT EXISTS (SELECT FROM comment sibling WHERE sibling.parent_id = above.id AND sibling.id <> gone.id)
      )
      DELETE FROM comment USING gone WHERE comment.id = gone.id`;
  }

  /** Whether it is new. */
  async like(tx: Tx, id: string, userId: string): Promise<boolean> {
    const rows = await tx.sql`INSERT INTO comment_like (comment_id, user_id) VALUES (${id}, ${userId}) ON CONFLICT DO NOTHING RETURNING 1`;
    if (rows.length > 0) await tx.sql`UPDATE comment SET like_count = like_count + 1 WHERE id = ${id}`;
    return rows.length > 0;
  }

  /** Whether there was one. */
  async unlike(tx: Tx, id: string, userId: string): Promise<boolean> {
    const rows = await tx.sql`DELETE FROM comment_like WHERE comment_id = ${id} AND user_id = ${userId} RETURNING 1`;
    if (rows.length > 0) await tx.sql`UPDATE comment SET like_count = like_count - 1 WHERE id = ${id}`;
    return rows.length > 0;
  }
}
