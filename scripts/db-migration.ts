/** `npm run db:migration`: see HELP. */
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { SUBGRAPH_NAMES } from '@plaza/kernel/subgraph-name';
import { findDrift, writeMigration } from './migrations.js';

const HELP = `Usage: npm run db:migration -- <subgraph> <name>
       npm run db:migration -- --check

Writes prisma/<subgraph>/migrations/<time>_<name>/migration.sql: the SQL from what the migrations reach so far to
prisma/<subgraph>/schema.prisma, and prints it. What Prisma's schema cannot say (checks, partial or trigram indexes) is
added to that file by hand before it is committed; a committed migration is never edited.

  <subgraph>  ${SUBGRAPH_NAMES.join(', ')}
  <name>      a few lower-case words joined by _: add_post_language
  --check     writes nothing; fails when a schema has changed without a migration
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { check: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (values.check) {
    const drift = await findDrift();
    for (const { subgraph, sql } of drift) {
      process.stderr.write(
        `prisma/${subgraph}/schema.prisma has changed without a migration:\n\n${sql}\nRun: npm run db:migration -- ${subgraph} <name>\n`,
      );
    }
    return drift.length === 0 ? 0 : 1;
  }
  const subgraph = SUBGRAPH_NAMES.find((known) => known === positionals[0]);
  const name = positionals[1] ?? '';
  if (positionals.length !== 2 || subgraph === undefined || !/^[a-z][a-z0-9_]*$/u.test(name)) {
    process.stderr.write(HELP);
    return 2;
  }
  const written = await writeMigration(subgraph, name);
  if (written === null) {
    process.stderr.write(`The migrations of ${subgraph} reach its schema already: nothing to write.\n`);
    return 1;
  }
  process.stdout.write(`${relative(process.cwd(), written.path)}\n\n${written.sql}`);
  return 0;
}

process.exitCode = await main();
