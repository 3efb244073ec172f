import { askOnce, withClient } from '@plaza/db/with-client';
import { startPostgres } from '@plaza/postgres/postgres';
import { silent } from '@plaza/telemetry/progress';
import type pg from 'pg';
import type { Counts } from './manifest.js';

/** Rows and their hash of every table of every database of a PostgreSQL that nobody writes to. */
async function countAll(url: (database: string) => string): Promise<Counts> {
  const names = await askOnce<{ name: string }>(
    url('postgres'),
    `SELECT datname AS name FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY 1`,
  );
  const counts: Counts = {};
  for (const { name } of names) counts[name] = await withClient(url(name), countTables);
  return counts;
}

async function countTables(client: pg.Client): Promise<Counts[string]> {
  const tables = await client.query<{ name: string }>(
    `SELECT quote_ident(relname) AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1`,
  );
  const found: Counts[string] = {};
  for (const { name } of tables.rows) {
    const { rows } = await client.query<{ rows: string; hash: string }>(
      `SELECT count(*) AS rows, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text AS hash FROM ${name} AS t`,
    );
    found[name] = { rows: Number(rows[0]?.rows ?? 0), hash: rows[0]?.hash ?? '' };
  }
  return found;
}

/** Counts what lies in a data folder, whose PostgreSQL is started for it and stopped again: nobody writes meanwhile. */
export async function countsOf(dataDir: string): Promise<Counts> {
  // Whatever it does by itself changes no row: no vacuum needs to run beside the count.
  const postgres = await startPostgres(dataDir, { progress: silent, settings: { autovacuum: 'off' } });
  try {
    return await countAll(postgres.url);
  } finally {
    await postgres.stop();
  }
}

/** `database.table: rows here, rows there` for each that is not the same. */
export function differences(wanted: Counts, found: Counts): readonly string[] {
  const tables = (counts: Counts) =>
    new Map(
      Object.entries(counts).flatMap(([name, of]) => Object.entries(of).map(([table, count]) => [`${name}.${table}`, count] as const)),
    );
  const [one, other] = [tables(wanted), tables(found)];
  return [...new Set([...one.keys(), ...other.keys()])]
    .filter((table) => one.get(table)?.rows !== other.get(table)?.rows || one.get(table)?.hash !== other.get(table)?.hash)
    .map((table) => `${table}: ${String(one.get(table)?.rows)} rows, not ${String(other.get(table)?.rows)}, or others`);
}
