import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { chdir } from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** One gate: what it guards is its command's help; `commands` run in order, the first failure ends the check. */
interface Step {
  readonly name: string;
  readonly guards: string;
  readonly commands: readonly (readonly string[])[];
}

const STEPS: readonly Step[] = [
  { name: 'generation', guards: 'what is generated fits the schemas', commands: [['node', 'scripts/codegen.mjs']] },
  {
    name: 'composition',
    guards: 'the committed graph is what the subgraphs compose to, keeps its rules and breaks no client',
    commands: [['node', '--import', 'tsx', 'scripts/compose.ts', '--check']],
  },
  {
    name: 'format',
    guards: 'one way to write: npm run format',
    commands: [['prettier', '--check', '--cache', '--log-level', 'warn', '.']],
  },
  {
    name: 'lint',
    guards: 'forgotten promises, missed cases, names in the schema',
    commands: [
      ['oxlint', '--type-aware', '--quiet'],
      ['eslint', 'schema', 'subgraphs', 'examples'],
    ],
  },
  {
    name: 'types',
    guards: 'every resolver, outcome, row and document has the type that it says',
    commands: [
      ['tsc', '-p', 'tsconfig.json', '--noEmit'],
      ['tsc', '-p', 'examples/web-client/tsconfig.json', '--noEmit'],
    ],
  },
  {
    name: 'imports',
    guards: 'who may import whom (.dependency-cruiser.mjs)',
    commands: [
      [
        'depcruise',
        '--config',
        '.dependency-cruiser.mjs',
        'gateway',
        'packages',
        'subgraphs',
        'infra',
        'e2e',
        'bench',
        'scripts',
        'examples',
      ],
    ],
  },
  { name: 'dead-code', guards: 'files, exports and dependencies that nobody reads', commands: [['knip', '--no-config-hints']] },
];

const HELP = `npm run check [-- --only <step>]

Everything that needs no database, in this order, up to the first failure:

${STEPS.map(({ name, guards }) => `  ${name.padEnd(12)} ${guards}`).join('\n')}`;

chdir(fileURLToPath(new URL('..', import.meta.url)));
const { values: options } = parseArgs({ options: { only: { type: 'string' }, help: { type: 'boolean' } } });
const chosen = options.only === undefined ? STEPS : STEPS.filter(({ name }) => name === options.only);

if (options.help === true) console.log(HELP);
else if (chosen.length === 0) {
  console.error(`no step ${options.only}; there are ${STEPS.map(({ name }) => name).join(', ')}`);
  process.exitCode = 1;
} else if (!chosen.every(passes)) process.exitCode = 1;

function passes({ name, commands }: Step): boolean {
  const started = performance.now();
  const passed = commands.every(runs);
  console.log(`${passed ? 'ok  ' : 'FAIL'} ${name.padEnd(12)} ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return passed;
}

function runs([command = '', ...args]: readonly string[]): boolean {
  const PATH = [join('node_modules', '.bin'), process.env.PATH].join(delimiter);
  const { status, error } = spawnSync(command === 'node' ? process.execPath : command, args, {
    stdio: 'inherit',
    env: { ...process.env, PATH },
  });
  if (error) console.error(error.message);
  return status === 0;
}
