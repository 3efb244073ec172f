import { fingerprint } from '@plaza/kernel/fingerprint';
import type { Database, Tx } from './database.js';

/** How long a key is remembered. */
export const IDEMPOTENCY_HOURS = 24;

/** A key is good for one viewer and one mutation. */
export interface Repeatable {
  readonly viewerId: string;
  /** The mutation's name in the graph. */
  readonly mutation: string;
  readonly key: string;
  /** All of the input: the same key with another input is refused. */
  readonly input: unknown;
}

export type Claim =
  /** Nobody did this yet: do it now, in this transaction, under the id that was offered. */
  | { readonly kind: 'first' }
  /** It was done: this is what came of it. */
  | { readonly kind: 'repeat'; readonly resultId: string }
  /** The key was used for something else. */
  | { readonly kind: 'conflict' };

/**
 * Claims a key for `resultId`, the id of what is about to be made. A concurrent twin waits here until the first one has committed or rolled back.
 * Needs the table `idempotency` of packages/db/tables.prisma.
 */
export async function claimKey(tx: Tx, repeatable: Repeatable, resultId: string): Promise<Claim> {
  const { viewerId, mutation, key, input } = repeatable;
  const print = fingerprint(input);
  const claimed = await tx.sql`
    INSERT INTO idempotency AS known (viewer_id, mutation, key, fingerprint, result_id)
    VALUES (${viewerId}, ${mutation}, ${key}, ${print}, ${resultId})
    ON CONFLICT (viewer_id, mutation, key) DO UPDATE
      SET fingerprint = excluded.fingerprint, result_id = excluded.result_id, created_at = now()
      WHERE known.created_at < now() - make_interval(hours => ${IDEMPOTENCY_HOURS})
    RETURNING 1`;
  if (claimed.length > 0) return { kind: 'first' };
  const [known] = await tx.sql<{ print: string; resultId: string }>`
    SELECT fingerprint AS print, result_id AS "resultId" FROM idempotency
    WHERE viewer_id = ${viewerId} AND mutation = ${mutation} AND key = ${key}`;
  if (known === undefined) throw new Error('an idempotency key vanished while it was claimed');
  return known.print === print ? { kind: 'repeat', resultId: known.resultId } : { kind: 'conflict' };
}

/** Forgets keys that are older than {@link IDEMPOTENCY_HOURS}; nothing to do in a subgraph without such a table. */
export async function forgetOldKeys(database: Database<unknown>): Promise<void> {
  const [table] = await database.sql<{ isThere: boolean }>`SELECT to_regclass('idempotency') IS NOT NULL AS "isThere"`;
  if (table?.isThere) await database.sql`DELETE FROM idempotency WHERE created_at < now() - make_interval(hours => ${IDEMPOTENCY_HOURS})`;
}
