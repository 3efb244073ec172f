import type { Database, Tx } from '@plaza/db/database';
import { logPosition } from './position.store.js';

/**
 * Building a read model anew from its owner's snapshot and the tail of the owner's log:
 * 1. the consumer notes its database's time and asks the owner for {@link position};
 * 2. it reads the owner's paged snapshot into the emptied model;
 * 3. it lets go of the notes of events that came meanwhile ({@link forgetSince}), and asks the owner to {@link rewind}.
 * What happened during 2 takes effect on top, in order; a reaction therefore accepts what the snapshot held already.
 */
export async function position(database: Database<unknown>): Promise<string> {
  return logPosition(database);
}

/**
 * Puts a consumer back to `to` (of {@link position}), so that everything since is delivered again. Only backwards: a lane that has not come as far
 * stays where it is, so nothing is ever passed over.
 */
export async function rewind(database: Database<unknown>, consumer: string, to: string): Promise<void> {
  // Of two moments of one database, the earlier one sees a part of what the later one sees.
  await database.sql`
    UPDATE outbox_position SET
      seen = CASE
        WHEN pg_snapshot_xmax(${to}::pg_snapshot) <= pg_snapshot_xmax(seen)
          AND NOT EXISTS (SELECT 1 FROM pg_snapshot_xip(seen) AS running WHERE pg_visible_in_snapshot(running, ${to}::pg_snapshot))
        THEN ${to}::pg_snapshot ELSE seen END,
      upto = NULL, seq = 0, updated_at = now()
    WHERE consumer = ${consumer}`;
}

/** Lets events that were received at or after `since` take effect again. `since` is the consumer's database's time. */
export async function forgetSince(tx: Tx, since: Date): Promise<void> {
  await tx.sql`DELETE FROM inbox WHERE received_at >= ${since}`;
}
