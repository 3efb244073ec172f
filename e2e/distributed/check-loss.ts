/** `npm run check:loss`: see HELP. */
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Running } from '@plaza/distributed/control';
import { all, nth } from '../live/many.js';
import { trusted } from '../story/documents.js';
import { say, seconds } from '../say.js';
import { atRunningPlaza } from './at-running.js';
import { Crowd, gather } from './crowd.js';
import type { Square } from './deeds.js';
import { Ear, untilAllHear } from './ear.js';
import { EngineLoss, LOSABLE, type Losable, type Way, WAYS } from './engine-loss.js';
import { Lookout } from './lookout.js';
import { PHASES, Tally } from './tally.js';
import { Telling } from './telling.js';

const HELP = `npm run check:loss -- --engine redis     an engine goes away under load: what people read and write goes on, nothing hidden is shown

Takes an engine of npm run infra:up away from the Plaza that npm run start:distributed runs in PLAZA_DATA_DIR, and brings it back. Meanwhile people
do everything that they do, at a rate; somebody looks everywhere for what is hidden from them, some of it hidden only while the engine is away; and
sockets watch posts. Counted for each deed: what was answered with everything, what said in extensions.degraded which part is missing, what failed.
An answer with everything may say in extensions.stale that a part of it stands still.

  --engine redis     of ${LOSABLE.join(', ')}: one, or several at once with commas between
  --seconds 60       so long it is away
  --how kill         kill: at once (SIGKILL, then started again); hang: silent with its connections open (SIGSTOP)
  --rate 10          deeds a second
  --verbose          what failed, in words

Well is: 99.9 % of the core deeds (*) were answered with everything while it was away and after, every other answer without a part said so, nothing
hidden was shown, no comment was lost on a socket, what was written meanwhile is found and on home feeds when it is back, and answers said what the
engine takes away while it was away, and no longer when all was there again.`;

const AROUND_MS = 5_000;
const CATCH_UP_MS = 120_000;
const LOOK_MS = 250;
const SOCKETS = 8;

const { values } = parseArgs({
  options: {
    engine: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    how: { type: 'string', default: 'kill' },
    rate: { type: 'string', default: '10' },
    verbose: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  },
});

async function check(url: string, engines: readonly Losable[], way: Way): Promise<number> {
  const losses = await all(engines.length, async (n) => EngineLoss.of(nth(engines, n), way));
  const bringBack = async (): Promise<void> => void (await Promise.all(losses.map((loss) => loss.bringBack())));
  const square = await gather(url);
  const lookout = await Lookout.on(url);
  const ears = square.people.slice(0, SOCKETS).map((person, n) => new Ear(url, person.tokens.accessToken, nth(square.posts, n)));
  const tally = new Tally();
  const crowd = new Crowd(square, tally, Number(values.rate));
  const tellings = engines.map((engine) => new Telling(engine, square));
  let marks: Marks;
  let trouble = '';
  await untilAllHear(ears, async (postId, n) => nth(square.people, n).comments(postId, 'is anybody there?'));
  crowd.begin();
  lookout.begin();
  try {
    await pause(AROUND_MS);
    const tookAt = performance.now();
    for (const loss of losses) loss.take();
    crowd.phase = 'away';
    say(`${engines.join(', ')} away (${way})`);
    for (const telling of tellings) telling.begin();
    const meanwhile = (async () => {
      await pause((Number(values.seconds) * 1_000) / 3);
      await lookout.hideMore();
      return leaveMark(square);
    })();
    meanwhile.catch(() => undefined); // awaited below
    await pause(Number(values.seconds) * 1_000);
    marks = await meanwhile;
    // Asked until just before it is back: what is said then is another matter.
    await Promise.all(tellings.map((telling) => telling.end()));
    await bringBack();
    crowd.phase = 'after';
    say(`${engines.join(', ')} away for ${seconds(performance.now() - tookAt)}`);
    const said = await Promise.all([catchUp(url, square, marks), ...tellings.map((telling) => telling.ended(say))]);
    trouble = said.filter((line) => line !== '').join('; ');
    await pause(AROUND_MS);
  } finally {
    await bringBack();
    await Promise.all([crowd.end(), lookout.end(), ...tellings.map((telling) => telling.end())]);
  }
  for (const phase of PHASES) for (const line of tally.table(phase)) say(line);
  const deaf = await allHeard(crowd, ears);
  const [away, after] = [tally.core('away'), tally.core('after')];
  const unsaid = tally.unsaid('away') + tally.unsaid('after');
  say(`  * core while it was away: ${share(away)}; after: ${share(after)}; answers that did not say what they miss: ${String(unsaid)}`);
  say(`  ${String(lookout.looks)} looks for what is hidden: ${String(lookout.shown.length)} showed it`);
  say(
    `  ${String(crowd.comments.length)} comments, ${String(ears.length)} sockets: ${String(deaf)} lost, ${String(twice(ears))} told twice`,
  );
  for (const line of [...new Set(lookout.shown)].slice(0, 5)) say(`    ${line}`);
  if (values.verbose || !(away.isEnough && after.isEnough) || unsaid > 0)
    for (const line of tally.failures.slice(0, 20)) say(`    ${line}`);
  if (trouble !== '') say(`  ${trouble}`);
  const isWell =
    away.isEnough && after.isEnough && unsaid === 0 && lookout.shown.length === 0 && deaf === 0 && twice(ears) === 0 && trouble === '';
  say(isWell ? 'all is well' : 'NOT well');
  return isWell ? 0 : 1;
}

/** What was written while it was away. */
interface Marks {
  readonly word: string;
  readonly postId: string;
}

async function leaveMark({ people }: Square): Promise<Marks> {
  const word = `meanwhile${Date.now().toString(36)}`;
  return { word, postId: await nth(people, 1).publishes(`written ${word}`) };
}

/** Waits until everything is there; returns what is not, in words. */
async function catchUp(url: string, { people, photo }: Square, { word, postId }: Marks): Promise<string> {
  const reader = nth(people, 0);
  const has = async (operation: string, variables: Record<string, unknown>): Promise<boolean> =>
    (await reader.graphql(trusted(operation).body, variables)).body.includes(postId);
  const wanted: readonly (readonly [string, () => Promise<boolean>])[] = [
    ['the home feed of a follower shows what was written', () => has('Home', { first: 50 })],
    ['search finds what was written', () => has('Search', { query: word, first: 10 })],
    ['a photo is there', async () => (await fetch(photo)).ok],
  ];
  const since = performance.now();
  const late = await Promise.all(
    wanted.map(async ([what, isSo]) => {
      for (const end = since + CATCH_UP_MS; performance.now() < end; await pause(LOOK_MS)) {
        if (!(await isSo().catch(() => false))) continue;
        say(`  ${what} after ${seconds(performance.now() - since)}`);
        return '';
      }
      return `not within ${seconds(CATCH_UP_MS)} (${url}): ${what}`;
    }),
  );
  return late.filter((line) => line !== '').join('; ');
}

/** How many comments sockets have not heard of, after all of them had their time. */
async function allHeard(crowd: Crowd, ears: readonly Ear[]): Promise<number> {
  const missing = (): number =>
    crowd.comments.filter(({ id, postId }) => ears.some((ear) => ear.postId === postId && !ear.heard.has(id))).length;
  for (const end = performance.now() + CATCH_UP_MS; missing() > 0 && performance.now() < end; await pause(LOOK_MS));
  await Promise.all(ears.map(async (ear) => ear.leave()));
  return missing();
}

const twice = (ears: readonly Ear[]): number => ears.reduce((sum, ear) => sum + ear.twice, 0);
const share = ({ asked, well }: { readonly asked: number; readonly well: number }): string =>
  `${String(well)} of ${String(asked)} (${((100 * well) / Math.max(1, asked)).toFixed(2)} %)`;

const asked = (values.engine ?? '').split(',');
const engines = LOSABLE.filter((name) => asked.includes(name));
const way = WAYS.find((name) => name === values.how);
if (values.help === true) say(HELP);
else if (engines.length === 0 || engines.length < asked.length || way === undefined) {
  process.stderr.write(`${HELP}\n`);
  process.exitCode = 2;
} else await atRunningPlaza(async ({ url }: Running) => check(`${url}/graphql`, engines, way));
