import type { Database, Tx } from '@plaza/db/database';
import { newId } from '@plaza/kernel/id';
import type { Keyset } from '@plaza/kernel/page';
import type { Ask } from '@plaza/db/full-pages';
import { newestFirst } from '@plaza/db/keyset';
import type { UserListRow } from './follow.store.js';

/** Who mutes whom. */
export interface Mute {
  readonly muterId: string;
  readonly mutedId: string;
}

export class MuteStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  /** A new mute, or a new end of the old one. */
  async put(tx: Tx, muterId: string, mutedId: string, expiresAt: Date | null): Promise<void> {
    await tx.sql`
      INSERT INTO mute (id, muter_id, muted_id, expires_at) VALUES (${newId()}, ${muterId}, ${mutedId}, ${expiresAt})
      ON CONFLICT (muter_id, muted_id) DO UPDATE SET expires_at = excluded.expires_at`;
  }

  /** Whether there was one. */
  async delete(tx: Tx, muterId: string, mutedId: string): Promise<boolean> {
    return (await tx.sql`DELETE FROM mute WHERE muter_id = ${muterId} AND muted_id = ${mutedId} RETURNING 1`).length > 0;
  }

  async hasAny(muterId: string): Promise<boolean> {
    return (await this.#database.sql`SELECT 1 FROM mute WHERE muter_id = ${muterId} LIMIT 1`).length > 0;
  }

  /** Who mutes these people; whom nobody mutes is left out. */
  async muters(
    mutedIds: readonly string[],
    now: Date,
  ): Promise<readonly { readonly userId: string; readonly muterIds: readonly string[] }[]> {
    if (mutedIds.length === 0) return [];
    return this.#database.sql<{ userId: string; muterIds: string[] }>`
      SELECT muted_id AS "userId", array_agg(muter_id) AS "muterIds" FROM mute
      WHERE muted_id = ANY(${mutedIds}::uuid[]) AND (expires_at IS NULL OR expires_at > ${now}) GROUP BY muted_id`;
  }

  async hasExpired(now: Date): Promise<boolean> {
    return (await this.#database.sql`SELECT 1 FROM mute WHERE expires_at <= ${now} LIMIT 1`).length > 0;
  }

  /** Takes away up to `limit` mutes that have ended, and returns them. Those that somebody is changing now wait for the next time. */
  async deleteExpired(tx: Tx, now: Date, limit: number): Promise<readonly Mute[]> {
    return tx.sql<Mute>`
      WITH over AS (SELECT id FROM mute WHERE expires_at <= ${now} LIMIT ${limit} FOR UPDATE SKIP LOCKED)
      DELETE FROM mute USING over WHERE mute.id = over.id RETURNING muter_id AS "muterId", muted_id AS "mutedId"`;
  }

  async muted(asks: readonly Ask<Keyset>[], limit: number, now: Date): Promise<readonly UserListRow[]> {
    const { owners, ats, ids } = newestFirst(asks);
    return this.#database.sql<UserListRow>`
      SELECT page.owner_id AS "ownerId", found.muted_id AS "userId", found.created_at AS at, found.id
      FROM unnest(${owners}::uuid[], ${ats}::timestamptz[], ${ids}::uuid[]) AS page(owner_id, at, id)
      CROSS JOIN LATERAL (
        SELECT * FROM mute WHERE muter_id = page.owner_id AND (created_at, id) < (page.at, page.id) AND (expires_at IS NULL OR expires_at > ${now})
        ORDER BY created_at DESC, id DESC LIMIT ${limit}
      ) found ORDER BY page.owner_id, found.created_at DESC, found.id DESC`;
  }
}
