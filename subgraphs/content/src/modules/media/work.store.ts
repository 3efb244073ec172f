import type { Database, Tx } from '@plaza/db/database';
import { lock, stillHolds } from '@plaza/db/lock';
import type { Edits, Known, Made, ProcessingKind } from '@plaza/media/processing';
import type { PrismaClient } from '@plaza/prisma/content';
import type { FailureCode } from './media.row.js';

/** Throws once what it checks is so no more. */
export type Check = () => Promise<void>;

/** A job that is ours for a while. */
export interface ClaimedJob {
  readonly mediaId: string;
  readonly kind: ProcessingKind;
  /** This one included. */
  readonly attempts: number;
  readonly claim: string;
  /** What its owner wants changed on the way. */
  readonly edits: Edits;
}

/** What is to be done with originals, and what has come of it. Nothing is written for a job whose claim is another's by now. */
export class WorkStore {
  readonly #database: Database<PrismaClient>;

  constructor(database: Database<PrismaClient>) {
    this.#database = database;
  }

  /** The oldest job that nobody works on, or whose worker has not been heard of. Its media is PROCESSING from now on. */
  async claim(kind: ProcessingKind, claim: string, now: Date, until: Date): Promise<ClaimedJob | null> {
    const [job] = await this.#database.sql<ClaimedJob>`
      WITH next AS (
        SELECT media_id FROM media_job WHERE kind = ${kind} AND (claimed_until IS NULL OR claimed_until < ${now})
        ORDER BY created_at, media_id LIMIT 1 FOR UPDATE SKIP LOCKED
      ), begun AS (
        UPDATE media SET status = 'PROCESSING', progress = 0, changed_at = ${now} FROM next WHERE media.id = next.media_id AND status = 'QUEUED'
      )
      UPDATE media_job SET claim = ${claim}::uuid, claimed_until = ${until}, attempts = attempts + 1 FROM next
      JOIN media ON media.id = next.media_id
      WHERE media_job.media_id = next.media_id AND media_job.kind = ${kind}
      RETURNING media_job.media_id AS "mediaId", media_job.kind, attempts, claim, media.edits`;
    return job ?? null;
  }

  /** Still at it. */
  async renew({ mediaId, kind, claim }: ClaimedJob, until: Date): Promise<void> {
    await this.#database.sql`
      UPDATE media_job SET claimed_until = ${until} WHERE media_id = ${mediaId}::uuid AND kind = ${kind} AND claim = ${claim}::uuid`;
  }

  /** Gives it back: at once for whoever comes, or from a moment on. `forgiven`: it was not the job's fault. */
  async release({ mediaId, kind, claim }: ClaimedJob, from: Date | null, forgiven: boolean): Promise<void> {
    await this.#database.sql`
      UPDATE media_job SET claimed_until = ${from}, claim = NULL, attempts = attempts - ${forgiven ? 1 : 0}
      WHERE media_id = ${mediaId}::uuid AND kind = ${kind} AND claim = ${claim}::uuid`;
  }

  async progress({ mediaId, kind, claim }: ClaimedJob, percent: number): Promise<void> {
    await this.#database.sql`
      WITH ours AS (SELECT FROM media_job WHERE media_id = ${mediaId}::uuid AND kind = ${kind} AND claim = ${claim}::uuid FOR SHARE)
      UPDATE media SET progress = ${percent} FROM ours WHERE id = ${mediaId}::uuid AND status = 'PROCESSING'`;
  }

  async known({ mediaId, kind, claim }: ClaimedJob, { width, height, blurhash, durationMs }: Known): Promise<void> {
    await this.#database.sql`
      WITH ours AS (SELECT FROM media_job WHERE media_id = ${mediaId}::uuid AND kind = ${kind} AND claim = ${claim}::uuid FOR SHARE)
      UPDATE media SET width = ${width}, height = ${height}, blurhash = ${blurhash}, duration_ms = ${durationMs} FROM ours
      WHERE id = ${mediaId}::uuid AND status = 'PROCESSING'`;
  }

  /**
   * In one transaction: `put` stores the objects while no sweep of this address can run, and the media is READY, with AVIF as its next job where
   * that is wanted. `put` asks before each whether that still holds. False when the job is no longer ours: nothing was changed.
   */
  async ready(
    job: ClaimedJob,
    made: Made & { readonly address: string },
    now: Date,
    put: (stillHolds: Check) => Promise<void>,
  ): Promise<boolean> {
    return this.#database.transaction(async (tx) => {
      if (!(await this.#end(tx, job))) return false;
      await lockAddress(tx, made.address);
      await put(() => stillHolds(tx));
      await tx.sql`
        UPDATE media SET status = 'READY', progress = 100, address = ${made.address}, width = ${made.width}, height = ${made.height},
          blurhash = ${made.blurhash}, duration_ms = ${made.durationMs}, hls = ${made.hls}, variants = ${JSON.stringify(made.variants)}::jsonb, changed_at = ${now}
        WHERE id = ${job.mediaId}::uuid`;
      if (job.kind === 'PHOTO')
        await tx.sql`INSERT INTO media_job (media_id, kind, created_at) VALUES (${job.mediaId}::uuid, 'AVIF', ${now})`;
      return true;
    });
  }

  /** As ready, for the second format of a media that is READY. */
  async avif(job: ClaimedJob, put: (address: string, stillHolds: Check) => Promise<void>): Promise<boolean> {
    return this.#database.transaction(async (tx) => {
      if (!(await this.#end(tx, job))) return false;
      const [media] = await tx.sql<{ address: string | null }>`SELECT address FROM media WHERE id = ${job.mediaId}::uuid FOR NO KEY UPDATE`;
      if (media?.address == null) return false;
      await lockAddress(tx, media.address);
      await put(media.address, () => stillHolds(tx));
      await tx.sql`UPDATE media SET has_avif = true WHERE id = ${job.mediaId}::uuid`;
      return true;
    });
  }

  /** FAILED, unless it is READY: what is there stays. False when the job is no longer ours. */
  async failed(job: ClaimedJob, code: FailureCode, now: Date): Promise<boolean> {
    return this.#database.transaction(async (tx) => {
      if (!(await this.#end(tx, job))) return false;
      await tx.sql`
        UPDATE media SET status = 'FAILED', failure_code = ${code}, progress = 0, blurhash = NULL, changed_at = ${now}
        WHERE id = ${job.mediaId}::uuid AND status <> 'READY'`;
      return true;
    });
  }

  /** Whether work on the media is left. */
  async isOpen(mediaId: string): Promise<boolean> {
    const rows = await this.#database.sql`SELECT 1 FROM media_job WHERE media_id = ${mediaId}::uuid LIMIT 1`;
    return rows.length > 0;
  }

  async #end(tx: Tx, { mediaId, kind, claim }: ClaimedJob): Promise<boolean> {
    const rows = await tx.sql`
      DELETE FROM media_job WHERE media_id = ${mediaId}::uuid AND kind = ${kind} AND claim = ${claim}::uuid RETURNING media_id`;
    return rows.length > 0;
  }
}

/** Whoever puts objects below an address and whoever sweeps them wait for each other. */
export async function lockAddress(tx: Tx, address: string): Promise<void> {
  await lock(tx, `media address ${address}`);
}
