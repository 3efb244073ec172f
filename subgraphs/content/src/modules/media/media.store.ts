import type { Database, Tx } from '@plaza/db/database';
import type { PrismaClient } from '@plaza/prisma/content';
import type { MediaRow, MediaUse } from './media.row.js';
import { lockAddress } from './work.store.js';

/** A photo whose sizes are stored. */
export interface ReadyPhoto extends Pick<MediaRow, 'id' | 'ownerId' | 'variants'> {
  readonly sourceSha: string;
  readonly byteSize: number;
  readonly address: string;
  readonly blurhash: string;
  readonly width: number;
  readonly height: number;
  readonly createdAt: Date;
}

export class MediaStore {
  readonly #database: Database<PrismaClient>;

  constructor(database: Database<PrismaClient>) {
    this.#database = database;
  }

  async byIds(ids: readonly string[]): Promise<readonly MediaRow[]> {
    return this.#database.sql<MediaRow>`
      SELECT id, owner_id AS "ownerId", kind, status, failure_code AS "failureCode", progress, address, alt_text AS "altText", blurhash, width, height,
             duration_ms AS "durationMs", focal_x AS "focalX", focal_y AS "focalY", variants, has_avif AS "hasAvif", hls, is_profile AS "isProfile",
             ARRAY(SELECT DISTINCT post.audience FROM post_media JOIN post ON post.id = post_media.post_id
                   WHERE post_media.media_id = media.id AND post.deleted_at IS NULL) AS audiences
      FROM media WHERE id = ANY(${ids}::uuid[])`;
  }

  /** Where the bytes of an address are in use. Several owners may have the same picture. */
  async usesOf(address: string): Promise<readonly MediaUse[]> {
    return this.#database.sql<MediaRow>`
      SELECT owner_id AS "ownerId", is_profile AS "isProfile",
             ARRAY(SELECT DISTINCT post.audience FROM post_media JOIN post ON post.id = post_media.post_id
                   WHERE post_media.media_id = media.id AND post.deleted_at IS NULL) AS audiences
      FROM media WHERE address = ${address} AND status = 'READY'`;
  }

  async ownReady(ownerId: string, ids: readonly string[]): Promise<readonly string[]> {
    const rows = await this.#database.sql<{ id: string }>`
      SELECT id FROM media WHERE id = ANY(${ids}::uuid[]) AND owner_id = ${ownerId} AND status = 'READY'`;
    return rows.map(({ id }) => id);
  }

  async readyBySource(ownerId: string, sourceSha: string): Promise<string | null> {
    const [row] = await this.#database.sql<{ id: string }>`
      SELECT id FROM media WHERE owner_id = ${ownerId} AND source_sha = ${sourceSha} AND status = 'READY' ORDER BY id LIMIT 1`;
    return row?.id ?? null;
  }

  /** Where a media stands in words that change with it; null for none. */
  async stateOf(id: string): Promise<{ readonly words: string; readonly status: MediaRow['status'] } | null> {
    const [row] = await this.#database.sql<{ words: string; status: MediaRow['status'] }>`
      SELECT concat_ws(' ', status, progress, failure_code, width, blurhash, duration_ms) AS words, status FROM media WHERE id = ${id}::uuid`;
    return row ?? null;
  }

  /** `put` stores the objects, in the transaction that makes the row: no sweep of the address can run between. */
  async insertPhoto(photo: ReadyPhoto, put: () => Promise<void>): Promise<void> {
    await this.#database.transaction(async (tx) => {
      await lockAddress(tx, photo.address);
      await put();
      await tx.sql`
        INSERT INTO media (id, owner_id, kind, status, progress, source_sha, byte_size, address, blurhash, width, height, variants, created_at, changed_at)
        VALUES (${photo.id}::uuid, ${photo.ownerId}::uuid, 'PHOTO', 'READY', 100, ${photo.sourceSha}, ${photo.byteSize}, ${photo.address},
          ${photo.blurhash}, ${photo.width}, ${photo.height}, ${JSON.stringify(photo.variants)}::jsonb, ${photo.createdAt}, ${photo.createdAt})`;
    });
  }

  /** False for a media that is not the owner's. */
  async setFocalPoint(ownerId: string, id: string, x: number, y: number): Promise<boolean> {
    const rows = await this.#database.sql`
      UPDATE media SET focal_x = ${x}, focal_y = ${y} WHERE id = ${id}::uuid AND owner_id = ${ownerId}::uuid RETURNING id`;
    return rows.length > 0;
  }

  /** Those of the media that have an alt text. */
  async described(ids: readonly string[]): Promise<readonly string[]> {
    const rows = await this.#database.sql<{ id: string }>`SELECT id FROM media WHERE id = ANY(${ids}::uuid[]) AND alt_text IS NOT NULL`;
    return rows.map(({ id }) => id);
  }

  /** Sets alt texts; an empty one takes it away. Locks the rows in the order of their ids. */
  async describe(tx: Tx, given: readonly { readonly id: string; readonly altText: string }[]): Promise<void> {
    const ids = given.map(({ id }) => id);
    await tx.sql`SELECT 1 FROM media WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR NO KEY UPDATE`;
    await tx.sql`
      UPDATE media SET alt_text = nullif(given.alt_text, '')
      FROM unnest(${ids}::uuid[], ${given.map(({ altText }) => altText)}::text[]) AS given (id, alt_text) WHERE media.id = given.id`;
  }

  /** Another subgraph shows these. */
  async hold(ids: readonly string[]): Promise<void> {
    await this.#database.sql`UPDATE media SET is_held = true WHERE id = ANY(${ids}::uuid[]) AND NOT is_held`;
  }

  async markProfile(ids: readonly string[]): Promise<void> {
    await this.#database.sql`UPDATE media SET is_profile = true WHERE id = ANY(${ids}::uuid[]) AND NOT is_profile`;
  }
}
