import type { Database, Tx } from '@plaza/db/database';
import type { PrismaClient } from '@plaza/prisma/content';

/** Captions of one media in one language. */
export interface CaptionsRow {
  readonly mediaId: string;
  readonly language: string;
  readonly isAuto: boolean;
  /** The object with their WebVTT, below the media's address. */
  readonly object: string;
}

/** {@link CaptionsRow} with its words. */
export interface CaptionsText extends Omit<CaptionsRow, 'object'> {
  /** As its owner sent it. */
  readonly webvtt: string;
}

/** A video under the lock of its row. */
export interface LockedVideo {
  readonly address: string;
  readonly durationMs: number;
}

export class CaptionsStore {
  readonly #database: Database<PrismaClient>;

  constructor(database: Database<PrismaClient>) {
    this.#database = database;
  }

  /** Of these media, by language. */
  async ofMedia(mediaIds: readonly string[]): Promise<readonly CaptionsRow[]> {
    return this.#database.sql<CaptionsRow>`
      SELECT media_id AS "mediaId", language, is_auto AS "isAuto", object FROM media_captions
      WHERE media_id = ANY(${mediaIds}::uuid[]) ORDER BY media_id, language`;
  }

  /** Whose the media is; null for none. */
  async ownerOf(mediaId: string): Promise<string | null> {
    const [row] = await this.#database.sql<{ ownerId: string }>`SELECT owner_id AS "ownerId" FROM media WHERE id = ${mediaId}::uuid`;
    return row?.ownerId ?? null;
  }

  /** Null for what is no READY video. Holds its row, and with it all of its captions, to the transaction's end. */
  async lockVideo(tx: Tx, mediaId: string): Promise<LockedVideo | null> {
    const [row] = await tx.sql<LockedVideo>`
      SELECT address, coalesce(duration_ms, 0) AS "durationMs" FROM media
      WHERE id = ${mediaId}::uuid AND status = 'READY' AND hls IS NOT NULL FOR NO KEY UPDATE`;
    return row ?? null;
  }

  async texts(tx: Tx, mediaId: string): Promise<readonly CaptionsText[]> {
    return tx.sql<CaptionsText>`
      SELECT media_id AS "mediaId", language, is_auto AS "isAuto", webvtt FROM media_captions WHERE media_id = ${mediaId}::uuid ORDER BY language`;
  }

  /** Writes all captions of a media anew, and which playlist has them. */
  async replace(tx: Tx, mediaId: string, captions: readonly (CaptionsText & CaptionsRow)[], hls: string): Promise<void> {
    await tx.sql`DELETE FROM media_captions WHERE media_id = ${mediaId}::uuid`;
    await tx.sql`
      INSERT INTO media_captions (media_id, language, is_auto, webvtt, object)
      SELECT ${mediaId}::uuid, * FROM unnest(${captions.map(({ language }) => language)}::text[], ${captions.map(({ isAuto }) => isAuto)}::boolean[],
        ${captions.map(({ webvtt }) => webvtt)}::text[], ${captions.map(({ object }) => object)}::text[])`;
    await tx.sql`UPDATE media SET hls = ${hls} WHERE id = ${mediaId}::uuid`;
  }
}
