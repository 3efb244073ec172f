import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { askOnce, withClient } from '@plaza/db/with-client';
import { SUBGRAPH_NAMES, type SubgraphName } from '@plaza/kernel/subgraph-name';
import { type Postgres, runningPostgres, startPostgres } from '@plaza/postgres/postgres';
import type { PlazaProcess } from '../plaza-process.js';
import { ROOT } from './earlier-checkout.js';

/** The moments of a migration's statement: before its first change of a table, and after it, when the transaction has not ended. */
export const MOMENTS = ['ddl_command_start', 'ddl_command_end'] as const;
export type Moment = (typeof MOMENTS)[number];

const WITHIN_MS = 180_000;
const databaseOf = (name: SubgraphName): string => `plaza_${name}`;

/** Subgraphs with migrations here that a data folder does not have yet, and these. Its Plaza is stopped. */
export async function pendingIn(folder: string): Promise<ReadonlyMap<SubgraphName, readonly string[]>> {
  return held(folder, async (url) => {
    const pending = new Map<SubgraphName, readonly string[]>();
    for (const name of SUBGRAPH_NAMES) {
      const missing = await missingIn(url, name);
      if (missing.length > 0) pending.set(name, missing);
    }
    return pending;
  });
}

async function missingIn(url: Postgres['url'], name: SubgraphName): Promise<readonly string[]> {
  const here = (await readdir(join(ROOT, 'prisma', name, 'migrations'), { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const done = await askOnce<{ name: string }>(
    url(databaseOf(name)),
    'SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL',
  );
  return here
    .map((entry) => entry.name)
    .filter((migration) => !done.some((one) => one.name === migration))
    .toSorted();
}

/**
 * Starts a Plaza whose migrations stand still at a moment, and kills it when every one of `pending` stands there. The folder is left as the kill left
 * it, less what made them stand.
 */
export async function killedAt(moment: Moment, plaza: PlazaProcess, pending: readonly SubgraphName[]): Promise<void> {
  await held(plaza.folder, async (url) => {
    for (const name of pending) {
      await askOnce(
        url(databaseOf(name)),
        `CREATE FUNCTION stand_still() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(3600); END'`,
      );
      await askOnce(url(databaseOf(name)), `CREATE EVENT TRIGGER stand_still ON ${moment} EXECUTE FUNCTION stand_still()`);
    }
  });
  const starting = plaza.start().then(
    () => new Error('it did not stand still'),
    () => undefined, // it was killed
  );
  for (
    const until = Date.now() + WITHIN_MS;
    !(await allStand(plaza.folder, pending));
    await new Promise((done) => void setTimeout(done, 50))
  ) {
    if (plaza.end !== null || Date.now() > until) throw new Error('the migrations do not stand where they should');
  }
  await plaza.kill();
  const wrong = await starting;
  if (wrong !== undefined) throw wrong;
  await held(plaza.folder, async (url) => {
    for (const name of pending) {
      await askOnce(url(databaseOf(name)), 'DROP EVENT TRIGGER stand_still');
      await askOnce(url(databaseOf(name)), 'DROP FUNCTION stand_still');
    }
  });
}

/** Whether a session of each database sleeps in the trigger. */
async function allStand(folder: string, pending: readonly SubgraphName[]): Promise<boolean> {
  const url = await runningPostgres(folder);
  if (url === undefined) return false;
  const asleep = await askOnce<{ name: string }>(
    url('postgres'),
    `SELECT datname AS name FROM pg_stat_activity WHERE wait_event = 'PgSleep'`,
  ).catch(() => []); // it may not answer yet
  return pending.every((name) => asleep.some((one) => one.name === databaseOf(name)));
}

/** Rows of each table of a stopped Plaza that keeps what people made, by database and table. */
export async function rowsIn(folder: string): Promise<ReadonlyMap<string, number>> {
  return held(folder, async (url) => {
    const rows = new Map<string, number>();
    for (const name of SUBGRAPH_NAMES) {
      await withClient(url(databaseOf(name)), async (client) => {
        const tables = await client.query<{ table: string }>(
          `SELECT relname AS table FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace ORDER BY 1`,
        );
        for (const { table } of tables.rows) {
          const counted = await client.query<{ rows: string }>(`SELECT count(*) AS rows FROM ${client.escapeIdentifier(table)}`);
          rows.set(`${name}.${table}`, Number(counted.rows[0]?.rows));
        }
      });
    }
    return rows;
  });
}

/** Work on the PostgreSQL of a data folder that nobody else holds; what a killed Plaza left running is taken over. */
async function held<T>(folder: string, work: (url: Postgres['url']) => Promise<T>): Promise<T> {
  const postgres = await startPostgres(folder);
  try {
    return await work(postgres.url);
  } finally {
    await postgres.stop();
  }
}
