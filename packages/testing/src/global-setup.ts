import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@plaza/db/migrator';
import { startPostgres, THROW_AWAY } from '@plaza/postgres/postgres';
import { SUBGRAPH_NAMES } from '@plaza/kernel/subgraph-name';
import type { TestProject } from 'vitest/node';
import { templateOf } from './templates.js';

const PREFIX = 'plaza-test-';
const SETTINGS = { ...THROW_AWAY, max_connections: '400', shared_buffers: '128MB' };
const prisma = new URL('../../../prisma/', import.meta.url).pathname;

/** Vitest's global set-up: one PostgreSQL for the whole run in a temporary folder, with a migrated template a subgraph. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  await removeOrphans();
  const dir = await mkdtemp(join(tmpdir(), PREFIX));
  await writeFile(join(dir, 'owner'), String(process.pid));
  const postgres = await startPostgres(dir, { settings: SETTINGS });
  async function tearDown(): Promise<void> {
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  }
  try {
    await postgres.createDatabases(SUBGRAPH_NAMES.map(templateOf));
    for (const name of SUBGRAPH_NAMES.filter((subgraph) => existsSync(join(prisma, subgraph, 'schema.prisma')))) {
      await migrate(postgres.url(templateOf(name)), join(prisma, name, 'schema.prisma'), join(prisma, name, 'migrations'));
    }
    project.provide('postgresUrl', postgres.url('postgres'));
    return tearDown;
  } catch (cause) {
    await tearDown();
    throw cause;
  }
}

/** A run that was killed leaves its PostgreSQL behind: the next one ends it. */
async function removeOrphans(): Promise<void> {
  for (const name of (await readdir(tmpdir())).filter((entry) => entry.startsWith(PREFIX))) {
    const dir = join(tmpdir(), name);
    const owner = Number(await readFile(join(dir, 'owner'), 'utf8').catch(() => 'none'));
    if (Number.isNaN(owner) || isAlive(owner)) continue;
    if (existsSync(join(dir, 'postgres'))) await (await startPostgres(dir)).stop();
    await rm(dir, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return cause instanceof Error && 'code' in cause && cause.code === 'EPERM';
  }
}
