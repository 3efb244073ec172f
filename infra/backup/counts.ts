import { startPostgres } from '@plaza/postgres/postgres';
import { silent } from '@plaza/telemetry/progress';
import pg from 'pg';
import type { Counts } from './manifest.js';

/** Rows and their hash of every table of every database of a PostgreSQL that nobody writes to. */
async function countAll(url: (database: string) => string): Promise<Counts> {
  const names = await ask<{ name: string }>(
    url('postgres'),
    `SELECT datname AS name FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY 1`,
  );
  const counts: Counts = {};
  for (const { name } of names) {
    const tables = await ask<{ name: string }>(
      url(name),
      `SELECT quote_ident(relname) AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1`,
    );
    const found: Counts[string] = {};
    for (const table of tables) {
      const [row] = await ask<{ rows: string; hash: string }>(
        url(name),
        `SELECT count(*) AS rows, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text AS hash FROM ${table.name} AS t`,
      );
      found[table.name] = { rows: Number(row?.rows ?? 0), hash: row?.hash ?? '' };
    }
    counts[name] = found;
  }
  return counts;
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

async function ask<Row extends pg.QueryResultRow>(url: string, text: string): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}
