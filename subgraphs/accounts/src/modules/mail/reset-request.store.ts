import type { Database, Tx } from '@plaza/db/database';

export interface ResetRequestRow {
  readonly id: string;
  readonly identifier: string;
}

export class ResetRequestStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async insert(id: string, identifier: string, createdAt: Date): Promise<void> {
    await this.#database.sql`INSERT INTO reset_request (id, identifier, created_at) VALUES (${id}, ${identifier}, ${createdAt})`;
  }

  /** Takes the oldest ones out, in the transaction of what is done about them. */
  take(tx: Tx, atMost: number): Promise<readonly ResetRequestRow[]> {
    return tx.sql<ResetRequestRow>`
      DELETE FROM reset_request WHERE id IN (SELECT id FROM reset_request ORDER BY id LIMIT ${atMost} FOR UPDATE SKIP LOCKED)
      RETURNING id, identifier`;
  }
}
