import type { Database, Tx } from '@plaza/db/database';
import { lock } from '@plaza/db/lock';
import type { Edits } from '@plaza/media/processing';
import type { PrismaClient } from '@plaza/prisma/content';
import type { FailureCode, MediaStatus } from './media.row.js';
import type { MediaKind, Usage } from './upload.policy.js';

/** A media as its upload sees it. */
export interface UploadRow {
  readonly id: string;
  readonly ownerId: string;
  readonly status: MediaStatus;
  readonly failureCode: FailureCode | null;
  readonly byteSize: number;
  readonly sourceSha: string;
  readonly createdAt: Date;
}

/** Media on the way in. */
export class UploadStore {
  readonly #database: Database<PrismaClient>;

  constructor(database: Database<PrismaClient>) {
    this.#database = database;
  }

  async byId(id: string): Promise<UploadRow | null> {
    const [row] = await this.#database.sql<UploadRow>`
      SELECT id, owner_id AS "ownerId", status, failure_code AS "failureCode", byte_size AS "byteSize", source_sha AS "sourceSha", created_at AS "createdAt"
      FROM media WHERE id = ${id}::uuid`;
    return row ?? null;
  }

  /** One beginner of an owner's at a time, until the transaction ends. */
  async lockOwner(tx: Tx, ownerId: string): Promise<void> {
    await lock(tx, `media owner ${ownerId}`);
  }

  /** The owner's media of these bytes and edits that did not fail: the READY one first. */
  async bySource(tx: Tx, ownerId: string, sourceSha: string, edits: Edits): Promise<UploadRow | null> {
    const [row] = await tx.sql<UploadRow>`
      SELECT id, owner_id AS "ownerId", status, failure_code AS "failureCode", byte_size AS "byteSize", source_sha AS "sourceSha", created_at AS "createdAt"
      FROM media WHERE owner_id = ${ownerId} AND source_sha = ${sourceSha} AND edits = ${JSON.stringify(edits)}::jsonb AND status <> 'FAILED'
      ORDER BY status <> 'READY', id LIMIT 1`;
    return row ?? null;
  }

  async usage(tx: Tx, ownerId: string): Promise<Usage> {
    const [row] = await tx.sql<Usage>`
      SELECT coalesce(sum(byte_size), 0)::bigint AS bytes, count(*)::int AS files, count(*) FILTER (WHERE status = 'UPLOADING')::int AS "openUploads"
      FROM media WHERE owner_id = ${ownerId} AND status <> 'FAILED'`;
    return row ?? { bytes: 0, files: 0, openUploads: 0 };
  }

  async insert(
    tx: Tx,
    row: Pick<UploadRow, 'id' | 'ownerId' | 'byteSize' | 'sourceSha' | 'createdAt'> & { readonly kind: MediaKind; readonly edits: Edits },
  ): Promise<void> {
    await tx.sql`
      INSERT INTO media (id, owner_id, kind, status, byte_size, source_sha, edits, created_at, changed_at)
      VALUES (${row.id}::uuid, ${row.ownerId}::uuid, ${row.kind}, 'UPLOADING', ${row.byteSize}, ${row.sourceSha}, ${JSON.stringify(row.edits)}::jsonb,
        ${row.createdAt}, ${row.createdAt})`;
  }

  /** All bytes are there and right: QUEUED, with its job. False when it is no upload any more. */
  async complete(id: string, kind: MediaKind, now: Date): Promise<boolean> {
    return this.#database.transaction(async (tx) => {
      const rows = await tx.sql`
        UPDATE media SET status = 'QUEUED', kind = ${kind}, changed_at = ${now} WHERE id = ${id}::uuid AND status = 'UPLOADING' RETURNING id`;
      if (rows.length === 0) return false;
      await tx.sql`INSERT INTO media_job (media_id, kind, created_at) VALUES (${id}::uuid, ${kind}, ${now})`;
      return true;
    });
  }

  async fail(id: string, code: FailureCode, now: Date): Promise<boolean> {
    const rows = await this.#database.sql`
      UPDATE media SET status = 'FAILED', failure_code = ${code}, progress = 0, changed_at = ${now} WHERE id = ${id}::uuid AND status = 'UPLOADING' RETURNING id`;
    return rows.length > 0;
  }

  /** Takes back an upload that is not complete. */
  async remove(id: string): Promise<void> {
    await this.#database.sql`DELETE FROM media WHERE id = ${id}::uuid AND status = 'UPLOADING'`;
  }

  /** Uploads that are not complete. */
  async open(): Promise<readonly UploadRow[]> {
    return this.#database.sql<UploadRow>`
      SELECT id, owner_id AS "ownerId", status, failure_code AS "failureCode", byte_size AS "byteSize", source_sha AS "sourceSha", created_at AS "createdAt"
      FROM media WHERE status = 'UPLOADING' LIMIT 10000`;
  }

  /** Those of the ids whose original is still needed: they are not complete, or there is work left. */
  async needed(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.#database.sql<{ id: string }>`
      SELECT id FROM media WHERE id = ANY(${ids}::uuid[])
      AND (status = 'UPLOADING' OR EXISTS (SELECT 1 FROM media_job WHERE media_job.media_id = media.id))`;
    return new Set(rows.map(({ id }) => id));
  }
}
