/** `npm run story`: plays story.md's steps with public client libraries and the manifest's documents, a line a step. */
import { parseArgs } from 'node:util';
import { type Mode, MODES, PlazaProcess } from '../plaza-process.js';
import { createStage, STEPS } from './steps.js';

const HELP = `npm run story                       both ways of running, each on a fresh data folder
npm run story -- --url URL          a Plaza that runs already: http://localhost:4000/graphql
npm run story -- --mode embedded    one way only: embedded or processes`;

const { values } = parseArgs({ options: { url: { type: 'string' }, mode: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
const say = (line: string): void => void process.stdout.write(`${line}\n`);

if (values.help) say(HELP);
else {
  process.exitCode = (await (values.url === undefined ? playAll(values.mode) : play(graphqlUrl(values.url), null))) ? 0 : 1;
  // A step that failed leaves its sockets open, and they would hold it.
  process.exit();
}

function graphqlUrl(url: string): string {
  return new URL(url).pathname === '/' ? new URL('/graphql', url).href : url;
}

async function playAll(only: string | undefined): Promise<boolean> {
  const modes = MODES.filter((mode) => only === undefined || mode === only);
  if (modes.length === 0) throw new Error(`--mode must be one of ${MODES.join(', ')}`);
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
