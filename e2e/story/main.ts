/** `npm run story`: plays story.md's steps with public client libraries and the manifest's documents, a line a step. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Mode, MODES, PlazaProcess } from '../plaza-process.js';
import { say } from '../say.js';
import { FleetProcess } from './fleet-process.js';
import { createStage, STEPS } from './steps.js';

const HELP = `npm run story                       both ways of running, each on a fresh data folder
npm run story -- --url URL          a Plaza that runs already: http://localhost:4000/graphql
npm run story -- --mode embedded    one way only: embedded, processes, or distributed: as npm run start:distributed, on the engines of npm run infra:up`;

const { values } = parseArgs({ options: { url: { type: 'string' }, mode: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });

if (values.help) say(HELP);
else {
  const isWell =
    values.url !== undefined
      ? await play(graphqlUrl(values.url), process.send === undefined ? null : restartByParent)
      : values.mode === 'distributed'
        ? await playDistributed()
        : await playAll(values.mode);
  process.exitCode = isWell ? 0 : 1;
  // A step that failed leaves its sockets open, and they would hold it.
  process.exit();
}

function graphqlUrl(url: string): string {
  return new URL(url).pathname === '/' ? new URL('/graphql', url).href : url;
}

async function playAll(only: string | undefined): Promise<boolean> {
  const modes = MODES.filter((mode) => only === undefined || mode === only);
  if (modes.length === 0) throw new Error(`--mode must be one of ${MODES.join(', ')}, distributed`);
  let well = true;
  for (const mode of modes) well = (await playFresh(mode)) && well;
  return well;
}

async function playFresh(mode: Mode): Promise<boolean> {
  say(`\n${mode}`);
  const plaza = await PlazaProcess.start(mode);
  try {
    return await play(plaza.url, async () => {
      await plaza.stop();
      await plaza.start();
    });
  } finally {
    await plaza.remove();
  }
}

/** In a process of its own, because Node reads whom to trust when it starts: that one asks this one to stop Plaza and to start it again. */
async function playDistributed(): Promise<boolean> {
  say('\ndistributed');
  const fleet = new FleetProcess();
  try {
    const { url, trust } = await fleet.start();
    const player = fork(fileURLToPath(import.meta.url), ['--url', url], { env: { ...process.env, NODE_EXTRA_CA_CERTS: trust } });
    player.on('message', () => {
      fleet
        .stop()
        .then(async () => fleet.start())
        .then(
          () => player.send('started'),
          (cause: unknown) => player.kill() && say(String(cause)),
        );
    });
    const [code] = await once(player, 'exit');
    return code === 0;
  } finally {
    await fleet.stop();
  }
}

async function restartByParent(): Promise<void> {
  const started = once(process, 'message');
  process.send?.('restart');
  await started;
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
