import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chdir } from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SUBGRAPH_NAMES } from '@plaza/kernel/subgraph-name';
import { subgraphFiles } from './skeleton/subgraph-files.js';
import { sharedMigration, sharedSchema } from './skeleton/subgraph-tables.js';

const HELP = `npm run new -- subgraph <name>

Makes subgraphs/<name> and prisma/<name> from a skeleton that passes \`npm run check\`, and writes the name wherever the subgraphs
are listed. <name> is one word of lower-case letters.`;

const LIST = 'packages/kernel/src/subgraph-name.ts';
const CODEGEN = 'codegen.yml';
/** Where a whole Plaza is put together: each of these files names every subgraph's start. */
const STARTERS = ['infra/embedded/in-process.ts', 'e2e/world.ts', 'bench/plaza.ts'].filter((path) => existsSync(path));
const STARTER_IMPORT = /^import \{ start\w+ \} from '@plaza\/\w+\/server';\n/m;
const STARTER_LINE = /^ +\w+: start\w+,\n/m;

chdir(fileURLToPath(new URL('..', import.meta.url)));
const { values: options, positionals } = parseArgs({ allowPositionals: true, options: { help: { type: 'boolean' } } });
const [kind, name = '', ...rest] = positionals;

if (options.help === true) console.log(HELP);
else if (kind !== 'subgraph' || rest.length > 0 || !/^[a-z]+$/.test(name)) fail(HELP);
else if (SUBGRAPH_NAMES.some((known) => known === name) || existsSync(`subgraphs/${name}`)) fail(`There is a subgraph ${name} already.`);
else {
  try {
    makeSubgraph(name);
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
}

function makeSubgraph(subgraph: string): void {
  // Everything is read and changed in memory first: an anchor that is not found leaves nothing half done.
  const files = { ...subgraphFiles(subgraph), ...tables(subgraph), ...lists(subgraph) };
  for (const [path, text] of Object.entries(files)) {
    console.log(`${existsSync(path) ? 'changed' : 'new    '} ${path}`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  for (const [what, command, ...args] of [
    ['linking the workspace', 'npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund'],
    ['generating', 'npm', 'run', '--silent', 'codegen'],
    ['composing', 'npm', 'run', '--silent', 'compose'],
    ['formatting', 'npm', 'run', '--silent', 'format', '--', ...Object.keys(files).filter((path) => !path.startsWith('prisma/'))],
  ] as const) {
    console.log(`${what} …`);
    const { status } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) return fail(`${command} ${args.join(' ')} failed`);
  }
  console.log(`\nNow: npm run check. Then the first feature, in subgraphs/${subgraph}/src/modules/.`);
}

/** Its database: what every subgraph has for events, and nothing else yet. */
function tables(subgraph: string): Readonly<Record<string, string>> {
  const model = join('prisma', SUBGRAPH_NAMES[0]);
  const [first = ''] = readdirSync(join(model, 'migrations')).toSorted();
  const stamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const folder = `prisma/${subgraph}`;
  return {
    [`${folder}/schema.prisma`]: sharedSchema(subgraph, read(join(model, 'schema.prisma'))),
    [`${folder}/migrations/migration_lock.toml`]: read(join(model, 'migrations', 'migration_lock.toml')),
    [`${folder}/migrations/${stamp}_init/migration.sql`]: sharedMigration(read(join(model, 'migrations', first, 'migration.sql'))),
  };
}

/** Where the subgraphs are named one by one. */
function lists(subgraph: string): Readonly<Record<string, string>> {
  const modules = `subgraphs/${subgraph}/src/modules`;
  const start = `start${subgraph.charAt(0).toUpperCase()}${subgraph.slice(1)}`;
  const starters = STARTERS.map((path) => {
    const listed = after(read(path), STARTER_LINE, `${subgraph}: ${start},\n`, path);
    return [path, after(listed, STARTER_IMPORT, `import { ${start} } from '@plaza/${subgraph}/server';\n`, path)] as const;
  });
  return {
    [LIST]: after(read(LIST), /SUBGRAPH_NAMES = \[[^\]]*(?=\])/, `, '${subgraph}'`, LIST),
    [CODEGEN]: `${read(CODEGEN).trimEnd()}\n  ${modules}: { <<: *subgraph, schema: ['schema/shared.graphql', '${modules}/*/schema.graphql'] }\n`,
    ...Object.fromEntries(starters),
  };
}

/** `text` with `line` behind the first match of `anchor`. */
function after(text: string, anchor: RegExp, line: string, path: string): string {
  const match = anchor.exec(text);
  if (match === null) throw new Error(`${path} is not as expected: write the subgraph into it by hand (no ${String(anchor)})`);
  const end = match.index + match[0].length;
  return `${text.slice(0, end)}${line}${text.slice(end)}`;
}

function read(path: string): string {
  return readFileSync(path, 'utf8');
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}
