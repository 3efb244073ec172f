import type { Tx } from '@plaza/db/database';
import { unavailable } from '@plaza/kernel/fault';

/** Classes of the advisory locks of this database. */
const INTAKE = 1;
const WRITER = 2;

/**
 * The door of every reaction: closed while the read models are rebuilt (the sender tries again), and one at a time for what concerns one subject,
 * because facts about a post come from two owners whose order nobody keeps.
 * @throws Fault UNAVAILABLE during a rebuild.
 */
export async function enterIntake(tx: Tx, subjectId: string): Promise<void> {
  const [row] = await tx.sql<{ isOpen: boolean }>`
    SELECT pg_try_advisory_xact_lock_shared(${INTAKE}, 0) AS "isOpen", pg_advisory_xact_lock(hashtextextended(${subjectId}::text, 0))::text`;
  if (row?.isOpen !== true) throw unavailable('feed');
}

/** Waits for reactions that are under way and keeps new ones out until the transaction ends. */
export async function closeIntake(tx: Tx): Promise<void> {
  await tx.sql`SELECT pg_advisory_xact_lock(${INTAKE}, 0)::text`;
}

/**
 * Makes this transaction the only one that writes timelines. Every statement after this one sees all that was committed before, so the last one to
 * work out an entry has seen every change that concerns it. Plans are made for the arrays at hand: a few or thousands.
 */
export async function becomeWriter(tx: Tx): Promise<void> {
  await tx.sql`SELECT pg_advisory_xact_lock(${WRITER}, 0)::text, set_config('plan_cache_mode', 'force_custom_plan', true)`;
}
