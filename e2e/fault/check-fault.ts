/** `npm run fault`, `fault:quick`, `fault:all`: see HELP. */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { report } from './report.js';
import { described, printOf, scheduleOf } from './schedule.js';
import { openTown } from './town.js';
import { type Outcome, runTrial, stopOnSignal } from './trial.js';

const HELP = `npm run fault -- --seed 7          something goes wrong, and nothing may come of it
npm run fault:quick                15 seeds
npm run fault:all                  72 seeds, and docs/faults.md

A seed determines what six people want (buying, publishing, liking, commenting, following, blocking, chatting), in what order, and which faults strike
after how many of these: a process or PostgreSQL killed at any moment or at a named step, hung processes, slow and cut lines, lost answers, repeated,
late and poisonous events, a full disk, clocks that are off. Everybody asks again, under the same key, until it is clear what came of it. Then all is
healed, comes to rest, and is compared: what was acknowledged with what is there, counts with recounts, copies with their owners, money with goods,
what people see with what they may see, what repeats answer with what was answered first.

  --seed 7         that one; several with commas, or 1-72
  --say            tell the whole history, not only that of seeds that violate something
  --report <file>  write a table there`;

const QUICK = '1-15';
const ALL = '1-72';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    quick: { type: 'boolean' },
    all: { type: 'boolean' },
    say: { type: 'boolean' },
    report: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
if (values.help === true) say(HELP);
else process.exitCode = await main();

async function main(): Promise<number> {
  stopOnSignal();
  const seeds = seedsOf(values.seed ?? (values.all === true ? ALL : values.quick === true ? QUICK : '1'));
  const since = performance.now();
  const town = await openTown();
  const outcomes = new Map<number, Outcome>();
  for (const seed of seeds) {
    const schedule = scheduleOf(seed);
    const outcome = await runTrial(schedule, town);
    outcomes.set(seed, outcome);
    const { violations, done, unclear, seconds, lines } = outcome;
    const faults = schedule.faults.map(described).join('; ');
    const verdict = violations.length === 0 ? 'holds' : `${violations.length} VIOLATIONS`;
    say(
      `seed ${seed} (${printOf(schedule)}, ${schedule.mode}): ${faults}: ${done} done, ${unclear} unclear, ${seconds.toFixed(1)} s: ${verdict}`,
    );
    for (const what of violations.slice(0, 10)) say(`  ${what}`);
    if (violations.length > 0 || values.say === true) for (const line of lines) say(`    ${line}`);
  }
  const bad = [...outcomes].filter(([, { violations }]) => violations.length > 0).map(([seed]) => seed);
  const minutes = ((performance.now() - since) / 60_000).toFixed(1);
  say(bad.length === 0 ? `${outcomes.size} seeds in ${minutes} minutes, 0 violations` : `violations with seeds ${bad.join(', ')}`);
  const file = values.report ?? (values.all === true ? 'docs/faults.md' : undefined);
  if (file !== undefined) await writeFile(file, report(outcomes));
  return bad.length === 0 ? 0 : 1;
}

function seedsOf(text: string): readonly number[] {
  return text.split(',').flatMap((part) => {
    const [, from, to] = /^(\d+)(?:-(\d+))?$/u.exec(part) ?? [];
    if (from === undefined) throw new Error(`--seed takes numbers, not ${part}`);
    return Array.from({ length: Number(to ?? from) - Number(from) + 1 }, (_, n) => Number(from) + n);
  });
}
