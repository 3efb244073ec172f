import type { Database } from '@plaza/db/database';
import type { StoredEntity } from './post.row.js';
import type { Audience } from '@plaza/visibility/can-see';

/** A post that is not deleted, as an index takes it. */
export interface SearchableRow {
  readonly postId: string;
  readonly authorId: string;
  readonly audience: Audience;
  readonly language: string | null;
  readonly createdAt: Date;
  readonly text: string;
  readonly contentWarning: string | null;
  readonly isSensitive: boolean;
  readonly isEdited: boolean;
  readonly hasProducts: boolean;
  readonly entities: readonly StoredEntity[];
  readonly media: readonly { readonly kind: string; readonly altText: string | null }[];
}

export class SearchableStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async byIds(ids: readonly string[]): Promise<readonly SearchableRow[]> {
    return this.#database.sql<SearchableRow>`
      SELECT id AS "postId", author_id AS "authorId", audience, language, created_at AS "createdAt", text, content_warning AS "contentWarning",
        is_sensitive AS "isSensitive", edited_at IS NOT NULL AS "isEdited", cardinality(product_ids) > 0 AS "hasProducts", entities,
        coalesce((
          SELECT jsonb_agg(jsonb_build_object('kind', media.kind, 'altText', media.alt_text) ORDER BY post_media.position)
          FROM post_media JOIN media ON media.id = post_media.media_id WHERE post_media.post_id = post.id
        ), '[]') AS media
      FROM post WHERE id = ANY(${ids}::uuid[]) AND deleted_at IS NULL`;
  }
}
