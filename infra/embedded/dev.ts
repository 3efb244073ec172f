/** `npm run dev`: the whole of Plaza, started anew whenever a file changes; what is generated follows the schemas. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { fileURLToPath } from 'node:url';

const HELP = `Usage: npm run dev

As npm start, with the same data folder and the same variables, but
  - when a schema.graphql or a schema.prisma changes, what is generated from it is generated anew, and the graph composed;
  - when a file of TypeScript changes, Plaza stops and starts again (about a second).
Ctrl-C stops.
`;

const root = fileURLToPath(new URL('../../', import.meta.url));
const ROOMS = ['gateway', 'subgraphs', 'packages', 'infra', 'prisma', 'schema'];
const SOURCE = /\.(?:ts|graphql|prisma)$/u;
const NOT_RUN = /\.(?:test|e2e|bench)\.ts$|(?:^|\/)(?:node_modules|test|testing)\//u;
/** What a generation writes is no change of its own. */
const GENERATED = /(?:^|\/)generated\/|\.generated\.ts$|^schema\/(?:supergraph|api|public)\.graphql$/u;
const SETTLE_MS = 150;

let plaza: ChildProcess | undefined;
let settled: NodeJS.Timeout | undefined;
let needsCodegen = false;
let busy = false;
let again = false;
let stopping = false;

const say = (line: string): boolean => process.stderr.write(`dev: ${line}\n`);

const ended = async (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode);
    else child.once('exit', resolve);
  });

async function stopPlaza(): Promise<void> {
  const child = plaza;
  if (child === undefined) return;
  child.kill('SIGTERM');
  await ended(child);
}

function startPlaza(): void {
  const child = fork('infra/build/run.mjs', ['infra/embedded/main.ts'], {
    cwd: root,
    execArgv: ['--import', new URL('leash.mjs', import.meta.url).href],
    // In a group of its own: Ctrl-C reaches it through us, once.
    detached: true,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  plaza = child;
  child.once('exit', (code) => {
    if (plaza === child) plaza = undefined;
    if (!stopping && !busy && code !== 0) say('Plaza has ended; it starts again with the next change');
  });
}

async function generate(): Promise<boolean> {
  for (const script of ['scripts/codegen.mjs', 'scripts/compose.ts']) {
    say(script);
    if ((await ended(spawn(process.execPath, ['--import', 'tsx', script], { cwd: root, stdio: 'inherit' }))) !== 0) return false;
  }
  return true;
}

async function restart(): Promise<void> {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  try {
    do {
      again = false;
      const generates = needsCodegen;
      needsCodegen = false;
      if (generates && !(await generate())) continue;
      await stopPlaza();
      if (!stopping) startPlaza();
    } while (again && !stopping);
  } finally {
    busy = false;
  }
}

function changed(file: string): void {
  if (stopping || !SOURCE.test(file) || NOT_RUN.test(file) || GENERATED.test(file)) return;
  if (!file.endsWith('.ts')) needsCodegen = true;
  clearTimeout(settled);
  settled = setTimeout(() => {
    say(`${file} changed`);
    void restart();
  }, SETTLE_MS);
}

async function stop(): Promise<void> {
  if (stopping) process.exit(130);
  stopping = true;
  await stopPlaza();
  process.exit(0);
}

if (process.argv.includes('--help') || process.argv.includes('-h')) {
  process.stdout.write(HELP);
} else {
  for (const room of ROOMS) {
    watch(`${root}${room}`, { recursive: true }, (_event, name) => {
      if (name !== null) changed(`${room}/${name}`);
    });
  }
  process.on('SIGINT', () => void stop());
  process.on('SIGTERM', () => void stop());
  startPlaza();
}
