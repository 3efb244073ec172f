import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrate } from '@plaza/db/migrator';
import { SUBGRAPH_NAMES, type SubgraphName } from '@plaza/kernel/subgraph-name';
import type { Postgres } from './postgres.js';
import type { Progress } from './progress.js';

const prisma = fileURLToPath(new URL('../../prisma/', import.meta.url));

/** The address of each subgraph's own database. */
export type DatabaseUrls = Readonly<Record<SubgraphName, string>>;

/** Every subgraph's database: there, and as its migrations want it. @throws MigrationHistoryError */
export async function openDatabases(postgres: Postgres, progress: Progress): Promise<DatabaseUrls> {
  const databaseOf = (name: SubgraphName) => `plaza_${name}`;
  const urls = Object.fromEntries(SUBGRAPH_NAMES.map((name) => [name, postgres.url(databaseOf(name))])) as DatabaseUrls;
  await progress('Preparing the databases', async (at) => {
    await postgres.createDatabases(SUBGRAPH_NAMES.map(databaseOf));
    for (const name of SUBGRAPH_NAMES) {
      const folder = join(prisma, name);
      at(name);
      if (!existsSync(join(folder, 'schema.prisma'))) continue;
      await migrate(urls[name], join(folder, 'schema.prisma'), join(folder, 'migrations')).catch((cause: unknown) => {
        throw new Error(`database of ${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
      });
    }
  });
  return urls;
}
