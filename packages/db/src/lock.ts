import type { Tx } from './database.js';

/**
 * Waits for what one alone may have at a time, of all processes on this database, by any name; it has it until the transaction ends. What is done under
 * it is what this transaction writes: whoever is killed, or says nothing for longer than the database has patience, has lost lock and writes together,
 * so that no number needs to be looked at (docs/adr/0028-engines.md). What is written elsewhere meanwhile asks {@link stillHolds} before each step.
 */
export async function lock(tx: Tx, name: string): Promise<void> {
  await tx.sql`SELECT pg_advisory_xact_lock(hashtextextended(${name}::text, 0))::text`;
}

/** As {@link lock}, at once or not at all. @returns whether it was free */
export async function tryLock(tx: Tx, name: string): Promise<boolean> {
  const [row] = await tx.sql<{ isOurs: boolean }>`SELECT pg_try_advisory_xact_lock(hashtextextended(${name}::text, 0)) AS "isOurs"`;
  return row?.isOurs ?? false;
}

/** Also says that the transaction is not forgotten, while it waits for something else. @throws Error when it was ended, with its locks */
export async function stillHolds(tx: Tx): Promise<void> {
  await tx.sql`SELECT 1`;
}
