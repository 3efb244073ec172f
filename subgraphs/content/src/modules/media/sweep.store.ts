import type { Database } from '@plaza/db/database';
import { stillHolds } from '@plaza/db/lock';
import type { PrismaClient } from '@plaza/prisma/content';
import { type Check, lockAddress } from './work.store.js';

/** What nobody uses. */
export class SweepStore {
  readonly #database: Database<PrismaClient>;

  constructor(database: Database<PrismaClient>) {
    this.#database = database;
  }

  /** Deletes so many media that are READY or FAILED since before a moment and that nobody holds; the addresses that they had. */
  async removeUnused(before: Date, limit: number): Promise<readonly string[]> {
    const rows = await this.#database.sql<{ address: string }>`
      DELETE FROM media WHERE id IN (
        SELECT id FROM media WHERE status IN ('READY', 'FAILED') AND changed_at < ${before} AND NOT is_profile AND NOT is_held
        AND NOT EXISTS (SELECT 1 FROM post_media WHERE post_media.media_id = media.id) LIMIT ${limit} FOR UPDATE SKIP LOCKED)
      RETURNING coalesce(address, '') AS address`;
    return rows.map(({ address }) => address);
  }

  /** Those of the addresses that no media has. */
  async unknown(addresses: readonly string[]): Promise<readonly string[]> {
    const rows = await this.#database.sql<{ address: string }>`
      SELECT given.address FROM unnest(${addresses}::text[]) AS given (address)
      WHERE NOT EXISTS (SELECT 1 FROM media WHERE media.address = given.address)`;
    return rows.map(({ address }) => address);
  }

  /** Does `work` if no media has the address, and lets none come to have it meanwhile: whether that still holds, `work` asks before each step. */
  async withoutRow(address: string, work: (stillHolds: Check) => Promise<void>): Promise<void> {
    if (address === '') return;
    await this.#database.transaction(async (tx) => {
      await lockAddress(tx, address);
      const rows = await tx.sql`SELECT 1 FROM media WHERE address = ${address} LIMIT 1`;
      if (rows.length === 0) await work(() => stillHolds(tx));
    });
  }
}
