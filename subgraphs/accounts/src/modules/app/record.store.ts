import type { Database } from '@plaza/db/database';

export interface RecordRow {
  readonly sealed: Uint8Array;
  readonly consumedAt: Date | null;
}

export interface NewRecord {
  readonly kind: string;
  readonly idHash: Buffer;
  readonly sealed: Buffer;
  readonly grantId: string | null;
  readonly uidHash: Buffer | null;
  readonly expiresAt: Date | null;
}

/** Apps, codes, tokens and consents, as the authorization server's library keeps them. */
export class RecordStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async put({ kind, idHash, sealed, grantId, uidHash, expiresAt }: NewRecord): Promise<void> {
    await this.#database.sql`
      INSERT INTO oauth_record (kind, id_hash, sealed, grant_id, uid_hash, expires_at)
      VALUES (${kind}, ${idHash}, ${sealed}, ${grantId}::uuid, ${uidHash}, ${expiresAt}::timestamptz)
      ON CONFLICT (kind, id_hash) DO UPDATE
      SET sealed = excluded.sealed, grant_id = excluded.grant_id, uid_hash = excluded.uid_hash, expires_at = excluded.expires_at`;
  }

  async find(kind: string, idHash: Buffer, now: Date): Promise<RecordRow | null> {
    const [row] = await this.#database.sql<RecordRow>`
      SELECT sealed, consumed_at AS "consumedAt" FROM oauth_record
      WHERE kind = ${kind} AND id_hash = ${idHash} AND (expires_at IS NULL OR expires_at > ${now})`;
    return row ?? null;
  }

  /** Whether it was this call that used it up: of two at a time one is. */
  async consume(kind: string, idHash: Buffer, now: Date): Promise<boolean> {
    const used = await this.#database.sql<{ kind: string }>`
      UPDATE oauth_record SET consumed_at = ${now} WHERE kind = ${kind} AND id_hash = ${idHash} AND consumed_at IS NULL RETURNING kind`;
    return used.length > 0;
  }

  async remove(kind: string, idHash: Buffer): Promise<void> {
    await this.#database.sql`DELETE FROM oauth_record WHERE kind = ${kind} AND id_hash = ${idHash}`;
  }

  async removeOfGrant(kind: string, grantId: string): Promise<void> {
    await this.#database.sql`DELETE FROM oauth_record WHERE kind = ${kind} AND grant_id = ${grantId}::uuid`;
  }

  async deleteOver(before: Date): Promise<void> {
    await this.#database.sql`DELETE FROM oauth_record WHERE expires_at < ${before}`;
  }
}
