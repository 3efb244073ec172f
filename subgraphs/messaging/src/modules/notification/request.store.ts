import type { Ask } from '@plaza/db/full-pages';
import type { Database, Tx } from '@plaza/db/database';
import { type KeysetRow, newestFirst } from '@plaza/db/keyset';
import type { Keyset } from '@plaza/kernel/page';

/** Somebody whose notifications wait; `id` is theirs. */
export interface RequestRow extends KeysetRow {
  readonly count: number;
}

/** People whom somebody's policy has come between. */
export class RequestStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  /** Notes who waits; who was let through or sent away before stays so. */
  async put(tx: Tx, causes: readonly { readonly userId: string; readonly actorId: string | null }[], at: Date): Promise<void> {
    if (causes.length === 0) return;
    await tx.sql`
      INSERT INTO notification_request AS known (user_id, actor_id, state, last_at)
      SELECT DISTINCT waiting.user_id, waiting.actor_id, 'WAITING', ${at}::timestamptz
      FROM unnest(${causes.map(({ userId }) => userId)}::uuid[], ${causes.map(({ actorId }) => actorId)}::uuid[]) AS waiting (user_id, actor_id)
      ON CONFLICT (user_id, actor_id) DO UPDATE SET last_at = greatest(known.last_at, excluded.last_at)`;
  }

  /** Those who wait with something, the latest first. */
  async page(asks: readonly Ask<Keyset>[], limit: number): Promise<readonly RequestRow[]> {
    const { owners, ats, ids } = newestFirst(asks);
    return this.#database.sql<RequestRow>`
      SELECT found.* FROM unnest(${owners}::uuid[], ${ats}::timestamptz[], ${ids}::uuid[]) AS page (user_id, at, id)
      CROSS JOIN LATERAL (
        SELECT request.user_id AS "ownerId", request.actor_id AS id, request.last_at AS at, waiting.count
        FROM notification_request AS request
        CROSS JOIN LATERAL (
          SELECT count(*)::int AS count FROM notification_cause
          WHERE user_id = request.user_id AND actor_id = request.actor_id AND withheld = 'FILTERED' AND is_on
        ) AS waiting
        WHERE request.user_id = page.user_id AND request.state = 'WAITING' AND waiting.count > 0
          AND (request.last_at, request.actor_id) < (page.at, page.id)
        ORDER BY request.last_at DESC, request.actor_id DESC LIMIT ${limit}
      ) AS found ORDER BY found."ownerId", found.at DESC, found.id DESC`;
  }

  /** Settles a request. @returns whether there was one */
  async settle(tx: Tx, userId: string, actorId: string, state: 'ACCEPTED' | 'DISMISSED'): Promise<boolean> {
    const rows = await tx.sql`
      UPDATE notification_request SET state = ${state} WHERE user_id = ${userId} AND actor_id = ${actorId} RETURNING 1`;
    return rows.length > 0;
  }

  /** What was filtered is not any more: shown, or unwanted for good. */
  async unfilter(tx: Tx, userId: string, actorId: string, withheld: 'UNWANTED' | null): Promise<void> {
    await tx.sql`
      UPDATE notification_cause SET withheld = ${withheld}
      WHERE user_id = ${userId} AND actor_id = ${actorId} AND withheld = 'FILTERED'`;
  }
}
