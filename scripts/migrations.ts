/** New migrations out of changed schemas, and the proof that none is missing. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diff, MIGRATION_LOCK } from '@plaza/db/migrator';
import { startPostgres, THROW_AWAY } from '@plaza/postgres/postgres';
import { SUBGRAPH_NAMES, type SubgraphName } from '@plaza/kernel/subgraph-name';

const root = new URL('../prisma/', import.meta.url).pathname;
const schemaOf = (subgraph: SubgraphName) => join(root, subgraph, 'schema.prisma');
const migrationsOf = (subgraph: SubgraphName) => join(root, subgraph, 'migrations');

/** The SQL that a subgraph's migrations lack; empty when its schema is reached. */
export interface Drift {
  readonly subgraph: SubgraphName;
  readonly sql: string;
}

/** What every subgraph's migrations lack against its schema.prisma; empty when nothing does. Takes about two seconds. */
export async function findDrift(): Promise<Drift[]> {
  return withThrowAwayPostgres(async (url) => {
    const found: Drift[] = [];
    for (const subgraph of SUBGRAPH_NAMES.filter((name) => existsSync(schemaOf(name)))) {
      await mkdir(migrationsOf(subgraph), { recursive: true });
      const sql = await diff(url, schemaOf(subgraph), migrationsOf(subgraph));
      if (sql !== '') found.push({ subgraph, sql });
    }
    return found;
  });
}

/** Write the migration that leads a subgraph's database to its schema.prisma; null when there is nothing to write. */
export async function writeMigration(subgraph: SubgraphName, name: string): Promise<{ path: string; sql: string } | null> {
  const dir = migrationsOf(subgraph);
  await mkdir(dir, { recursive: true });
  const sql = await withThrowAwayPostgres(async (url) => diff(url, schemaOf(subgraph), dir));
  if (sql === '') return null;
  const time = new Date().toISOString().replaceAll(/\D/gu, '').slice(0, 14);
  const path = join(dir, `${time}_${name}`, 'migration.sql');
  await mkdir(join(dir, `${time}_${name}`));
  await writeFile(path, sql);
  await writeFile(join(dir, 'migration_lock.toml'), MIGRATION_LOCK);
  return { path, sql };
}

async function withThrowAwayPostgres<T>(work: (url: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'plaza-migration-'));
  try {
    const postgres = await startPostgres(dir, { settings: THROW_AWAY });
    try {
      return await work(postgres.url('postgres'));
    } finally {
      await postgres.stop();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
