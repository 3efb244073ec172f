import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Database, openDatabase } from '@plaza/db/database';
import { migrate } from '@plaza/db/migrator';

const prisma = fileURLToPath(new URL('../../prisma/messaging/', import.meta.url));
const SECOND = 'plaza_messaging_1';

/** Where the databases of a Plaza's messaging are, its home first. Its PostgreSQL runs. */
export async function shardUrls(folder: string): Promise<readonly [string, string]> {
  const socket = (await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[4] ?? '';
  const urlOf = (name: string): string => `postgresql://plaza@${encodeURIComponent(socket)}/${name}`;
  return [urlOf('plaza_messaging'), urlOf(SECOND)];
}

/** Makes a second database for conversations beside the home; nobody uses it until it is told to. */
export async function addShard(folder: string): Promise<void> {
  const [home, second] = await shardUrls(folder);
  await withDatabase(home, ({ sql }) => sql`CREATE DATABASE plaza_messaging_1`);
  await migrate(second, join(prisma, 'schema.prisma'), join(prisma, 'migrations'));
}

export async function withDatabase<T>(url: string, work: (database: Database<unknown>) => Promise<T>): Promise<T> {
  const database = openDatabase({ url, poolSize: 1, prisma: () => ({ $disconnect: async () => {} }) });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
