import type { Database, Tx } from '@plaza/db/database';
import { lock } from '@plaza/db/lock';

export interface ShopRow {
  readonly id: string;
  readonly ownerId: string;
  readonly name: string;
  readonly description: string;
}

export class ShopStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async byIds(ids: readonly string[]): Promise<readonly ShopRow[]> {
    return this.#database.sql<ShopRow>`SELECT id, owner_id AS "ownerId", name, description FROM shop WHERE id = ANY(${ids}::uuid[])`;
  }

  /** How many the owner has; whoever else opens one for the same owner waits. */
  async countForUpdate(tx: Tx, ownerId: string): Promise<number> {
    await lock(tx, `shops of ${ownerId}`);
    const [row] = await tx.sql<{ count: number }>`SELECT count(*)::int AS count FROM shop WHERE owner_id = ${ownerId}`;
    return row?.count ?? 0;
  }

  /** The oldest shop of the owner. */
  async first(tx: Tx, ownerId: string): Promise<string | null> {
    const [shop] = await tx.sql<{ id: string }>`SELECT id FROM shop WHERE owner_id = ${ownerId} ORDER BY created_at, id LIMIT 1`;
    return shop?.id ?? null;
  }

  async insert(tx: Tx, { id, ownerId, name, description }: ShopRow): Promise<void> {
    await tx.sql`INSERT INTO shop (id, owner_id, name, description) VALUES (${id}, ${ownerId}, ${name}, ${description})`;
  }
}
