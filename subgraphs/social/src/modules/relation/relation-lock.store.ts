import type { Tx } from '@plaza/db/database';

/**
 * The first statement of every change of a relation. `writers` are the people whose events it writes (their order hangs on it); the pair is
 * locked as well, so that "do they follow back?" and "is there a block?" stay true until the commit, whoever of the two changes what.
 *
 * The locks of one change are taken in the order of their hashes, before any row: no two changes can wait for each other in a ring. The followee of
 * a follow is no writer, so a celebrity's new followers do not queue here.
 */
export async function lockRelation(tx: Tx, pair: readonly [string, string], writers: readonly string[]): Promise<void> {
  const names = [`pair ${pair.toSorted().join(' ')}`, ...writers.map((id) => `writer ${id}`)];
  await tx.sql`
    SELECT pg_advisory_xact_lock(ordered.key)
    FROM (SELECT DISTINCT hashtextextended(name, 0) AS key FROM unnest(${names}::text[]) AS name ORDER BY 1) AS ordered`;
}
