/** `npm run fault`, `fault:quick`, `fault:all`: see HELP. */
import { parseArgs } from 'node:util';
import { say } from '../say.js';
import { AT_ONCE, atOnce } from './at-once.js';
import { Engines } from './engines.js';
import { keep, kept, trying } from './record.js';
import { ALL_SEEDS, described, printOf, roundsOf, type Schedule, scheduleOf, SEEDS } from './schedule.js';
import { openTown } from './town.js';
import { type Outcome, runTrial, stopOnSignal } from './trial.js';

const HELP = `npm run fault -- --seed 7          something goes wrong, and nothing may come of it
npm run fault:quick                15 seeds
npm run fault:all                  ${SEEDS} seeds, and docs/faults.md
npm run fault:engines              ${ALL_SEEDS - SEEDS} more seeds, on the engines that npm run infra:up has started, which are lost
npm run fault -- --postgres 100    PostgreSQL alone is killed 100 times under one Plaza, and brought back each time

A seed determines what six people want (buying, publishing, liking, commenting, following, blocking, chatting), in what order, and which faults strike
after how many of these: a process or PostgreSQL killed at any moment or at a named step, hung processes, slow and cut lines, lost answers, repeated,
late, shuffled and poisonous events, a full disk, clocks that are off. Everybody asks again, under the same key, until it is clear what came of it. Then all is
healed, comes to rest, and is compared: what was acknowledged with what is there, counts with recounts, copies with their owners, money with goods,
what people see with what they may see, what repeats answer with what was answered first.

  --seed 7         that one; several with commas, or 1-72. With --quick, --all or --engines: only those of them
  --postgres 100   so many rounds, by the seed: when everybody has done one thing more, kill -9 of PostgreSQL and all it has started, and a start as it lies
  --record         keep what came of it in e2e/fault/record.json and docs/faults.md, beside what other runs have kept (--all and --engines always do)
  --open           only those that are not known to hold as they are now
  --minutes 6      begin no other after so long
  --at-once 2      so many trials side by side
  --say            tell the whole history, not only that of seeds that violate something`;

const QUICK = '1-15';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    quick: { type: 'boolean' },
    all: { type: 'boolean' },
    engines: { type: 'boolean' },
    postgres: { type: 'string' },
    record: { type: 'boolean' },
    open: { type: 'boolean' },
    minutes: { type: 'string', default: '1000' },
    'at-once': { type: 'string', default: String(AT_ONCE) },
    say: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help === true) say(HELP);
else process.exitCode = await (values.postgres === undefined ? main() : rounds(Number(values.postgres)));

async function main(): Promise<number> {
  stopOnSignal();
  const ours = values.all === true ? `1-${SEEDS}` : values.engines === true ? `${SEEDS + 1}-${ALL_SEEDS}` : undefined;
  const wanted = values.quick === true ? QUICK : ours;
  const asked = seedsOf(values.seed ?? wanted ?? '1');
  const known = new Set(
    values.open === true ? (await kept()).seeds.flatMap((one) => (one.violations.length === 0 ? [`${one.seed} ${one.schedule}`] : [])) : [],
  );
  const seeds = asked
    .filter((seed) => wanted === undefined || seedsOf(wanted).includes(seed))
    .filter((seed) => !known.has(`${seed} ${printOf(scheduleOf(seed))}`));
  const since = performance.now();
  const [town, tried] = [await openTown(), await trying()];
  const wantedEngines = [...new Set(seeds.flatMap((seed) => scheduleOf(seed).engines ?? []))];
  const isOnEngines = wantedEngines.length > 0;
  const lacking = isOnEngines ? await Engines.open(wantedEngines).then(() => null, String) : null;
  if (lacking !== null) {
    say(lacking);
    return 1;
  }
  const bad: number[] = [];
  const width = { count: isOnEngines ? 1 : Number(values['at-once']), minutes: Number(values.minutes) };
  const left = await atOnce(width, seeds, async (seed) => {
    const schedule = scheduleOf(seed);
    const outcome = await runTrial(schedule, town);
    tell(schedule, outcome);
    const { violations, done, unclear, idle, instead, seconds } = outcome;
    if (violations.length > 0) bad.push(seed);
    if (values.record !== true && ours === undefined) return;
    await keep({ seeds: [{ ...tried(seconds), seed, schedule: printOf(schedule), done, unclear, idle, instead, violations }] });
  });
  const minutes = ((performance.now() - since) / 60_000).toFixed(1);
  if (left.length > 0) say(`not begun: ${left.join(', ')}`);
  const played = seeds.length - left.length;
  say(bad.length === 0 ? `${played} seeds in ${minutes} minutes, 0 violations` : `violations with seeds ${bad.join(', ')}`);
  return bad.length === 0 ? 0 : 1;
}

/** One Plaza all the while: whoever is connected has to find that out each time, and nothing is lost on the way from one start to the next. */
async function rounds(count: number): Promise<number> {
  stopOnSignal();
  const [town, tried] = [await openTown(), await trying()];
  const [seed = 1] = seedsOf(values.seed ?? '1');
  const since = performance.now();
  const onFault = (struck: number): void => {
    if (struck % 10 === 0) say(`${struck} of ${count} rounds in ${((performance.now() - since) / 1_000).toFixed(0)} s`);
  };
  const outcome = await runTrial(roundsOf(seed, count), town, { onFault });
  const { violations, done, unclear, idle, seconds, lines } = outcome;
  say(`PostgreSQL killed ${count - idle.length} times: ${done} done, ${unclear} unclear, ${seconds.toFixed(1)} s: ${verdictOn(outcome)}`);
  tellMore(violations, lines);
  if (values.record === true) {
    await keep({ rounds: [{ ...tried(seconds), what: 'PostgreSQL', seed, rounds: count - idle.length, done, unclear, violations }] });
  }
  return violations.length === 0 ? 0 : 1;
}

function verdictOn({ violations }: Outcome): string {
  return violations.length === 0 ? 'holds' : `${violations.length} VIOLATIONS`;
}

function tell(schedule: Schedule, outcome: Outcome): void {
  const { violations, done, unclear, idle, instead, seconds, lines } = outcome;
  const faults = schedule.faults.map(described).map((name) => (idle.includes(name) ? `${name} (found nothing to strike)` : name));
  const what = `seed ${schedule.seed} (${printOf(schedule)}, ${schedule.mode}): ${faults.join('; ')}`;
  say(`${what}: ${done} done, ${unclear} unclear, ${seconds.toFixed(1)} s: ${verdictOn(outcome)}`);
  for (const one of instead) say(`  NOT AS IT SHOULD BE: ${one}`);
  tellMore(violations, lines);
}

function tellMore(violations: readonly string[], lines: readonly string[]): void {
  for (const violation of violations.slice(0, 10)) say(`  ${violation}`);
  if (violations.length > 0 || values.say === true) for (const line of lines) say(`    ${line}`);
}

function seedsOf(text: string): readonly number[] {
  return text.split(',').flatMap((part) => {
    const [, from, to] = /^(\d+)(?:-(\d+))?$/u.exec(part) ?? [];
    if (from === undefined) throw new Error(`--seed takes numbers, not ${part}`);
    return Array.from({ length: Number(to ?? from) - Number(from) + 1 }, (_, n) => Number(from) + n);
  });
}
