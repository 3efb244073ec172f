import type { Database } from '@plaza/db/database';

/** People by id for whoever builds a read model of them. */
export class SearchableStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  /** Those whose account is in use, by id, after `after`. */
  async snapshot(after: string | null, limit: number): Promise<readonly string[]> {
    const rows = await this.#database.sql<{ id: string }>`
      SELECT id FROM users WHERE state = 'ACTIVE' AND (${after}::uuid IS NULL OR id > ${after}::uuid) ORDER BY id LIMIT ${limit}`;
    return rows.map(({ id }) => id);
  }
}
