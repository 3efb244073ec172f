import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrate } from '@plaza/db/migrator';
import { SUBGRAPH_NAMES, type SubgraphName } from '@plaza/kernel/subgraph-name';
import type { Postgres } from '@plaza/postgres/postgres';
import type { Progress } from '@plaza/telemetry/progress';

const prisma = fileURLToPath(new URL('../../prisma/', import.meta.url));

/** The address of each subgraph's own database. */
export type DatabaseUrls = Readonly<Record<SubgraphName, string>>;

/** A database is not as this version can take it. The message is one line. */
export class DatabaseStateError extends Error {
  override readonly name = 'DatabaseStateError';
}

/** Every subgraph's database: there, and as its migrations want it. @throws DatabaseStateError naming the subgraph and the migration. */
export async function openDatabases(postgres: Postgres, progress: Progress): Promise<DatabaseUrls> {
  const databaseOf = (name: SubgraphName) => `plaza_${name}`;
  const urls = Object.fromEntries(SUBGRAPH_NAMES.map((name) => [name, postgres.url(databaseOf(name))])) as DatabaseUrls;
  await progress('Preparing the databases', async (at) => {
    await postgres.createDatabases(SUBGRAPH_NAMES.map(databaseOf));
    // All have ended when one has failed: nobody works on a database whose PostgreSQL the caller may stop now.
    const outcomes = await Promise.allSettled(
      SUBGRAPH_NAMES.map(async (name) => {
        await migrate(urls[name], join(prisma, name, 'schema.prisma'), join(prisma, name, 'migrations')).catch((cause: unknown) => {
          throw new DatabaseStateError(`the database of ${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
        });
        at(name);
      }),
    );
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  });
  return urls;
}
