/** `npm run story`: plays story.md's steps with public client libraries and the manifest's documents, a line a step. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createStage, STEPS } from './steps.js';

const HELP = `npm run story                       both ways of running, each on a fresh data folder
npm run story -- --url URL          a Plaza that runs already: http://localhost:4000/graphql
npm run story -- --mode embedded    one way only: embedded or processes`;

const MODES = { embedded: 'infra/embedded/main.ts', processes: 'infra/embedded/processes.ts' } as const;
type Mode = keyof typeof MODES;

const { values } = parseArgs({ options: { url: { type: 'string' }, mode: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
const say = (line: string): void => void process.stdout.write(`${line}\n`);

if (values.help) say(HELP);
else if (values.url !== undefined) process.exitCode = (await play(graphqlUrl(values.url), null)) ? 0 : 1;
else process.exitCode = (await playAll(values.mode)) ? 0 : 1;

function graphqlUrl(url: string): string {
  return new URL(url).pathname === '/' ? new URL('/graphql', url).href : url;
}

async function playAll(only: string | undefined): Promise<boolean> {
  const modes = Object.keys(MODES).filter((mode): mode is Mode => only === undefined || mode === only);
  if (modes.length === 0) throw new Error(`--mode must be one of ${Object.keys(MODES).join(', ')}`);
  let well = true;
  for (const mode of modes) well = (await playFresh(mode)) && well;
  return well;
}

async function playFresh(mode: Mode): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'plaza-story-'));
  const port = await freePort();
  say(`\n${mode}`);
  let plaza = await start(mode, port, folder);
  try {
    return await play(`http://127.0.0.1:${port}/graphql`, async () => {
      await stop(plaza);
      plaza = await start(mode, port, folder);
    });
  } finally {
    await stop(plaza);
    await rm(folder, { recursive: true, force: true });
  }
}

async function play(url: string, restart: (() => Promise<void>) | null): Promise<boolean> {
  const stage = createStage(url, restart);
  for (const step of STEPS) {
    const start = performance.now();
    try {
      const outcome = await step.play(stage);
      say(`  ok  ${String(step.number).padStart(2)}  ${step.title}: ${outcome} (${Math.round(performance.now() - start)} ms)`);
    } catch (error) {
      say(
        `  NO  ${String(step.number).padStart(2)}  ${step.title}\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      return false;
    }
  }
  return true;
}

async function start(mode: Mode, port: number, folder: string): Promise<ChildProcess> {
  const env = { ...process.env, PORT: String(port), PLAZA_DATA_DIR: folder, PLAZA_DEMO: '0' };
  const child = spawn(process.execPath, ['--import', 'tsx', MODES[mode]], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const ready = async () => (await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => null))?.ok === true;
  for (let tries = 0; !(await ready()); tries += 1) {
    if (child.exitCode !== null) throw new Error(`Plaza ended with ${child.exitCode} while it started`);
    if (tries > 600) throw new Error('Plaza is not ready after a minute');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
