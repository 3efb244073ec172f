import type { Database, Tx } from '@plaza/db/database';
import { IDEMPOTENCY_HOURS, type Repeatable } from '@plaza/db/idempotency';
import { fingerprint } from '@plaza/kernel/fingerprint';
import type { Keyset } from '@plaza/kernel/page';
import type { PrismaClient } from '@plaza/prisma/content';
import type { Audience } from '@plaza/visibility/can-see';
import type { PostRow, RevisionRow } from './post.row.js';
import type { PostHead } from './visible-posts.js';

/** Whose posts, and of which audiences. */
export interface AuthorPosts {
  readonly authorId: string;
  readonly audiences: readonly Audience[];
}

export class PostStore {
  readonly #database: Database<PrismaClient>;

  constructor(database: Database<PrismaClient>) {
    this.#database = database;
  }

  async byIds(ids: readonly string[]): Promise<readonly PostRow[]> {
    return this.#database.sql<PostRow>`
      SELECT id, author_id AS "authorId", revision, text, entities, audience, content_warning AS "contentWarning", is_sensitive AS "isSensitive",
             language, product_ids AS "productIds", created_at AS "createdAt", edited_at AS "editedAt",
             ARRAY(SELECT media_id FROM post_media WHERE post_id = post.id ORDER BY position) AS "mediaIds"
      FROM post WHERE id = ANY(${ids}::uuid[]) AND deleted_at IS NULL`;
  }

  /** A deleted post that is still kept, and since when it is deleted. */
  async deletedById(id: string): Promise<(PostRow & { readonly deletedAt: Date }) | null> {
    const [row] = await this.#database.sql<PostRow & { deletedAt: Date }>`
      SELECT id, author_id AS "authorId", revision, text, entities, audience, content_warning AS "contentWarning", is_sensitive AS "isSensitive",
             language, product_ids AS "productIds", created_at AS "createdAt", edited_at AS "editedAt", deleted_at AS "deletedAt",
             ARRAY(SELECT media_id FROM post_media WHERE post_id = post.id ORDER BY position) AS "mediaIds"
      FROM post WHERE id = ${id} AND deleted_at IS NOT NULL`;
    return row ?? null;
  }

  async headsByIds(ids: readonly string[]): Promise<readonly PostHead[]> {
    return this.#database.sql<PostHead>`
      SELECT id, author_id AS "authorId", audience FROM post WHERE id = ANY(${ids}::uuid[]) AND deleted_at IS NULL`;
  }

  /** The newest posts of each author, `first + 1` of them, from `after` on. One statement for any number of authors. */
  async pagesByAuthors(authors: readonly AuthorPosts[], first: number, after: Keyset | null) {
    return this.#database.sql<{ id: string; authorId: string; createdAt: Date }>`
      SELECT page.id, asked.author_id AS "authorId", page.created_at AS "createdAt"
      FROM unnest(${authors.map(({ authorId }) => authorId)}::uuid[], ${authors.map(({ audiences }) => audiences.join(','))}::text[])
             AS asked (author_id, audiences)
      CROSS JOIN LATERAL (
        SELECT id, created_at FROM post
        WHERE author_id = asked.author_id AND audience = ANY(string_to_array(asked.audiences, ',')) AND deleted_at IS NULL
          AND (${after?.at ?? null}::timestamptz IS NULL OR (created_at, id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
        ORDER BY created_at DESC, id DESC LIMIT ${first + 1}
      ) AS page
      ORDER BY page.created_at DESC, page.id DESC`;
  }

  /** The newest versions of each post, `first + 1` of them, below the number `before`. One statement for any number of posts. */
  async revisionsByPosts(postIds: readonly string[], first: number, before: number | null): Promise<readonly RevisionRow[]> {
    return this.#database.sql<RevisionRow>`
      SELECT page.post_id AS "postId", page.number, page.text, page.content_warning AS "contentWarning", page.created_at AS "createdAt"
      FROM unnest(${postIds}::uuid[]) AS asked (post_id)
      CROSS JOIN LATERAL (
        SELECT * FROM post_revision
        WHERE post_id = asked.post_id AND (${before}::int IS NULL OR number < ${before}::int)
        ORDER BY number DESC LIMIT ${first + 1}
      ) AS page
      ORDER BY page.post_id, page.number DESC`;
  }

  /** Every post that is not deleted, by id, after `after`. */
  async snapshot(after: string | null, limit: number) {
    return this.#database.sql<Pick<PostRow, 'id' | 'authorId' | 'revision' | 'audience' | 'language' | 'createdAt'>>`
      SELECT id, author_id AS "authorId", revision, audience, language, created_at AS "createdAt"
      FROM post WHERE deleted_at IS NULL AND (${after}::uuid IS NULL OR id > ${after}::uuid) ORDER BY id LIMIT ${limit}`;
  }

  /** What those of the posts are about that are PUBLIC and not deleted. */
  async subjects(ids: readonly string[]) {
    return this.#database.sql<Pick<PostRow, 'id' | 'entities' | 'isSensitive' | 'productIds'>>`
      SELECT id, entities, is_sensitive OR content_warning IS NOT NULL AS "isSensitive", product_ids AS "productIds"
      FROM post WHERE id = ANY(${ids}::uuid[]) AND audience = 'PUBLIC' AND deleted_at IS NULL`;
  }

  /** What an idempotency key brought already, before anything is asked of others; the claim itself is made in the transaction. */
  async resultOf({ viewerId, mutation, key, input }: Repeatable): Promise<{ readonly resultId: string; readonly isSame: boolean } | null> {
    const [known] = await this.#database.sql<{ resultId: string; print: string }>`
      SELECT result_id AS "resultId", fingerprint AS print FROM idempotency
      WHERE viewer_id = ${viewerId} AND mutation = ${mutation} AND key = ${key} AND created_at >= now() - make_interval(hours => ${IDEMPOTENCY_HOURS})`;
    return known === undefined ? null : { resultId: known.resultId, isSame: known.print === fingerprint(input) };
  }

  async insert(tx: Tx, post: PostRow): Promise<void> {
    await tx.sql`
      INSERT INTO post (id, author_id, revision, text, entities, audience, content_warning, is_sensitive, language, product_ids, created_at)
      VALUES (${post.id}, ${post.authorId}, ${post.revision}, ${post.text}, ${JSON.stringify(post.entities)}, ${post.audience}, ${post.contentWarning},
              ${post.isSensitive}, ${post.language}, ${post.productIds}::uuid[], ${post.createdAt})`;
    await this.#attach(tx, post);
    await this.#remember(tx, post, post.createdAt);
  }

  /** Locks a post for the rest of the transaction; null when it is not there or deleted. */
  async lock(tx: Tx, id: string): Promise<{ readonly revision: number } | null> {
    const [row] = await tx.sql<{ revision: number }>`SELECT revision FROM post WHERE id = ${id} AND deleted_at IS NULL FOR UPDATE`;
    return row ?? null;
  }

  /** Writes all that an edit may change, and the new version. The post is locked. */
  async update(tx: Tx, post: PostRow, editedAt: Date): Promise<void> {
    await tx.sql`
      UPDATE post SET revision = ${post.revision}, text = ${post.text}, entities = ${JSON.stringify(post.entities)}, audience = ${post.audience},
        content_warning = ${post.contentWarning}, is_sensitive = ${post.isSensitive}, product_ids = ${post.productIds}::uuid[], edited_at = ${editedAt}
      WHERE id = ${post.id}`;
    await tx.sql`DELETE FROM post_media WHERE post_id = ${post.id}`;
    await this.#attach(tx, post);
    await this.#remember(tx, post, editedAt);
  }

  /** Whether there was something to delete. */
  async delete(tx: Tx, id: string, deletedAt: Date): Promise<boolean> {
    const rows = await tx.sql`UPDATE post SET deleted_at = ${deletedAt} WHERE id = ${id} AND deleted_at IS NULL RETURNING 1`;
    return rows.length > 0;
  }

  /** Whether there was something to restore: deleted after `since` and not purged yet. */
  async restore(tx: Tx, id: string, since: Date): Promise<boolean> {
    const rows = await tx.sql`UPDATE post SET deleted_at = NULL WHERE id = ${id} AND deleted_at > ${since} RETURNING 1`;
    return rows.length > 0;
  }

  /** Removes posts that were deleted before `before`, at most `limit`; passes over those that somebody restores just now. Tells how many. */
  async purge(before: Date, limit: number): Promise<number> {
    const rows = await this.#database.sql`
      DELETE FROM post WHERE id IN (
        SELECT id FROM post WHERE deleted_at <= ${before} ORDER BY deleted_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
      ) RETURNING 1`;
    return rows.length;
  }

  async #attach(tx: Tx, { id, mediaIds }: PostRow): Promise<void> {
    if (mediaIds.length === 0) return;
    await tx.sql`
      INSERT INTO post_media (post_id, media_id, position)
      SELECT ${id}::uuid, media_id, position - 1 FROM unnest(${mediaIds}::uuid[]) WITH ORDINALITY AS given (media_id, position)`;
  }

  async #remember(tx: Tx, { id, revision, text, contentWarning }: PostRow, at: Date): Promise<void> {
    await tx.sql`
      INSERT INTO post_revision (post_id, number, text, content_warning, created_at) VALUES (${id}, ${revision}, ${text}, ${contentWarning}, ${at})`;
  }
}
