/** Brings every subgraph's database to what this release wants: DATABASE_URL_ACCOUNTS, DATABASE_URL_SOCIAL … Again is harmless; several at once wait for each other. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrate } from '@plaza/db/migrator';
import { SUBGRAPH_NAMES, type SubgraphName } from '@plaza/kernel/subgraph-name';

const prisma = fileURLToPath(new URL('../../prisma/', import.meta.url));
const variableOf = (name: SubgraphName): string => `DATABASE_URL_${name.toUpperCase()}`;

try {
  const missing = SUBGRAPH_NAMES.map(variableOf).filter((variable) => (process.env[variable] ?? '') === '');
  if (missing.length > 0) throw new Error(`${missing.join(', ')} must say where the databases are`);
  for (const name of SUBGRAPH_NAMES) {
    const url = process.env[variableOf(name)] ?? '';
    const applied = await migrate(url, join(prisma, name, 'schema.prisma'), join(prisma, name, 'migrations')).catch((cause: unknown) => {
      throw new Error(`the database of ${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    });
    process.stdout.write(`${name}: ${applied.length === 0 ? 'up to date' : applied.join(', ')}\n`);
  }
} catch (cause) {
  process.stderr.write(`The databases are not migrated: ${cause instanceof Error ? cause.message : String(cause)}\n`);
  process.exitCode = 1;
}
