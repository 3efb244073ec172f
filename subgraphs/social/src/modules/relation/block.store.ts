import type { Database, Tx } from '@plaza/db/database';
import { newId } from '@plaza/kernel/id';
import type { Keyset } from '@plaza/kernel/page';
import type { Ask } from '@plaza/db/full-pages';
import { newestFirst } from '@plaza/db/keyset';
import type { UserListRow } from './follow.store.js';

export class BlockStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async insert(tx: Tx, blockerId: string, blockedId: string): Promise<void> {
    await tx.sql`INSERT INTO block (id, blocker_id, blocked_id) VALUES (${newId()}, ${blockerId}, ${blockedId})`;
  }

  /** Whether there was one. */
  async delete(tx: Tx, blockerId: string, blockedId: string): Promise<boolean> {
    return (await tx.sql`DELETE FROM block WHERE blocker_id = ${blockerId} AND blocked_id = ${blockedId} RETURNING 1`).length > 0;
  }

  /** Everybody who blocks one of these people or is blocked by them. */
  async around(userIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    if (userIds.length === 0) return new Map();
    const rows = await this.#database.sql<{ userId: string; otherIds: string[] }>`
      SELECT pair.user_id AS "userId", array_agg(DISTINCT pair.other_id) AS "otherIds" FROM (
        SELECT blocker_id AS user_id, blocked_id AS other_id FROM block WHERE blocker_id = ANY(${userIds}::uuid[])
        UNION ALL SELECT blocked_id, blocker_id FROM block WHERE blocked_id = ANY(${userIds}::uuid[])
      ) pair GROUP BY pair.user_id`;
    return new Map(rows.map(({ userId, otherIds }) => [userId, otherIds]));
  }

  async blocked(asks: readonly Ask<Keyset>[], limit: number): Promise<readonly UserListRow[]> {
    const { owners, ats, ids } = newestFirst(asks);
    return this.#database.sql<UserListRow>`
      SELECT page.owner_id AS "ownerId", found.blocked_id AS "userId", found.created_at AS at, found.id
      FROM unnest(${owners}::uuid[], ${ats}::timestamptz[], ${ids}::uuid[]) AS page(owner_id, at, id)
      CROSS JOIN LATERAL (
        SELECT * FROM block WHERE blocker_id = page.owner_id AND (created_at, id) < (page.at, page.id) ORDER BY created_at DESC, id DESC LIMIT ${limit}
      ) found ORDER BY page.owner_id, found.created_at DESC, found.id DESC`;
  }
}
