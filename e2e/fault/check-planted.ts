/** `npm run fault:planted`: see HELP. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { say } from '../say.js';
import { AT_ONCE, atOnce } from './at-once.js';
import { keep, kept, trying } from './record.js';
import { type Schedule, scheduleOf, type Timed, type Wish } from './schedule.js';
import { Scratch } from './scratch.js';
import { openTown, type Town } from './town.js';
import { runTrial, stopOnSignal } from './trial.js';

const HELP = `npm run fault:planted              every bug that is planted must be caught

Takes each patch of e2e/fault/planted into a copy of this repository, plays the seeds that it names (7; calm-7: without its faults; say-7, buy-7: without
them, and everybody wants nothing else; leave-7: as buy-7, by people who go away when it is unclear whether they have paid; buy-7@step, leave-7@step: the
same with a step that fails again and again; @step: seed 1 with a process killed at that step and no other fault), and stops at the first that violates
something. A bug that no seed catches, and a patch that does not apply any more, is an error: then "0 violations" of the other commands would mean
nothing.

  --only <part of a name>   several with commas
  --without                 those seeds without the bugs: nothing may be violated
  --record                  keep what came of it in e2e/fault/record.json and docs/faults.md
  --open                    only those that nothing is known to have caught
  --minutes 6               begin no other after so long
  --at-once 2               so many bugs side by side, each in a copy of its own
  --say                     what caught it, in full`;

interface Planted {
  readonly name: string;
  readonly patch: string;
  /** By the names that its patch gives them. */
  readonly schedules: ReadonlyMap<string, Schedule>;
}

const FAILS = 20;
/** Things done from one failure to the next. */
const FAIL_EACH = 3;
/** What everybody wants, by the first word of a name. */
const ONLY: ReadonlyMap<string, Wish> = new Map([
  ['say', 'say'],
  ['buy', 'buy'],
  ['leave', 'buyInHaste'],
]);
const folder = fileURLToPath(new URL('./planted/', import.meta.url));
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    record: { type: 'boolean' },
    open: { type: 'boolean' },
    minutes: { type: 'string', default: '1000' },
    'at-once': { type: 'string', default: String(AT_ONCE) },
    without: { type: 'boolean' },
    say: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help === true) say(HELP);
else process.exitCode = await (values.without === true ? control() : main());

async function main(): Promise<number> {
  stopOnSignal();
  const since = performance.now();
  const known = new Set(
    values.open === true ? (await kept()).planted.flatMap(({ name, caughtBy }) => (caughtBy === null ? [] : [name])) : [],
  );
  const bugs = (await planted(values.only.split(','))).filter(({ name }) => !known.has(name));
  const tried = await trying();
  const scratches: Scratch[] = [];
  const missed: string[] = [];
  let left: readonly Planted[] = [];
  try {
    for (let n = 0; n < Math.min(Number(values['at-once']), bugs.length); n += 1) scratches.push(await Scratch.make());
    const town = await openTown();
    left = await atOnce({ count: scratches.length, minutes: Number(values.minutes) }, bugs, async (bug, place) => {
      const began = performance.now();
      const scratch = scratches[place];
      if (scratch === undefined) throw new Error('no copy to plant it in');
      // A program that does not even start shows nothing.
      const caughtBy = await hunt(bug, scratch, town).catch((error: unknown) => {
        say(`${bug.name} could not be tried: ${String(error)}`);
        return null;
      });
      const seconds = (performance.now() - began) / 1_000;
      if (caughtBy === null) missed.push(bug.name);
      say(`${bug.name}: ${caughtBy ?? 'NOT CAUGHT'} (${seconds.toFixed(1)} s)`);
      if (values.record === true) await keep({ planted: [{ ...tried(seconds), name: bug.name, caughtBy }] });
    });
  } finally {
    await Promise.all(scratches.map(async (scratch) => scratch.remove()));
  }
  const minutes = ((performance.now() - since) / 60_000).toFixed(1);
  if (left.length > 0) say(`not begun: ${left.map(({ name }) => name).join(', ')}`);
  say(
    missed.length === 0
      ? `all of ${bugs.length - left.length} planted bugs were caught, in ${minutes} minutes`
      : `not caught: ${missed.join(', ')}`,
  );
  return missed.length === 0 ? 0 : 1;
}

/** The schedules of the bugs on Plaza as it is. */
async function control(): Promise<number> {
  stopOnSignal();
  const schedules = new Map((await planted(values.only.split(','))).flatMap((bug) => [...bug.schedules]));
  const town = await openTown();
  const broken: string[] = [];
  const work = { count: Number(values['at-once']), minutes: Number(values.minutes) };
  const left = await atOnce(work, [...schedules], async ([name, schedule]) => {
    const { violations, lines, done, unclear, seconds } = await runTrial(schedule, town);
    if (violations.length > 0) broken.push(name);
    say(`${name}: ${done} done, ${unclear} unclear, ${violations.length} violations (${seconds.toFixed(1)} s)`);
    for (const line of violations.length > 0 || values.say === true ? lines : []) say(`    ${line}`);
  });
  if (left.length > 0) say(`not begun: ${left.map(([name]) => name).join(', ')}`);
  say(
    broken.length === 0 ? `${schedules.size - left.length} schedules hold without a bug` : `violated without a bug: ${broken.join(', ')}`,
  );
  return broken.length === 0 ? 0 : 1;
}

/** @returns what caught it; null: nothing has */
async function hunt({ patch, schedules }: Planted, scratch: Scratch, town: Town): Promise<string | null> {
  await scratch.apply(patch);
  try {
    for (const [name, schedule] of schedules) {
      const { violations, lines } = await runTrial(schedule, town, { place: { root: scratch.root }, isEager: true });
      if (values.say === true) for (const line of lines) say(`    ${line}`);
      if (violations.length > 0) return `${name}: ${violations[0]?.slice(0, 160) ?? ''}`;
    }
    return null;
  } finally {
    await scratch.undo(patch);
  }
}

async function planted(parts: readonly string[]): Promise<readonly Planted[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.patch') && parts.some((part) => name.includes(part))).toSorted();
  return Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(folder, file), 'utf8');
      const named = /^seeds: (.+)$/mu.exec(text)?.[1]?.split(' ') ?? [];
      if (named.length === 0) throw new Error(`${file} names no seeds`);
      return {
        name: file.replace('.patch', ''),
        patch: join(folder, file),
        schedules: new Map(named.map((name) => [name, scheduleNamed(name)])),
      };
    }),
  );
}

function scheduleNamed(name: string): Schedule {
  if (name.startsWith('calm-')) return { ...scheduleOf(Number(name.slice('calm-'.length))), mode: 'embedded', faults: [] };
  const [, only = '', seed, step] = /^(say|buy|leave)-(\d+)(?:@(.+))?$/u.exec(name) ?? [];
  const wish = ONLY.get(only);
  if (wish !== undefined) {
    const { intents, ...schedule } = scheduleOf(Number(seed));
    const fail = (n: number): Timed => ({ what: 'fail at a step', step: step ?? '', before: 0, after: n * FAIL_EACH, pick: 0 });
    return {
      ...schedule,
      intents: intents.map((own) => own.map((intent) => ({ ...intent, wish }))),
      mode: 'embedded',
      faults: step === undefined ? [] : Array.from({ length: FAILS }, (_, n) => fail(n)),
    };
  }
  if (!name.startsWith('@')) return scheduleOf(Number(name));
  const kill = { what: 'kill at a step', step: name.slice(1), before: 0, after: 0, pick: 0 } as const;
  return { ...scheduleOf(1), mode: 'embedded', faults: [kill] };
}
