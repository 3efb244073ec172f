/** `npm run check:hostile`: see HELP. */
import { prove, type Say } from '../proof.js';
import { besiege, type Siege, WAITS } from './siege.js';

const HELP = `npm run check:hostile -- --operations 10000      gets through, or brings Plaza down: it may not happen

Starts a Plaza of its own. Accounts and guests send the named bombs, small operations that stall the planner or fill its heap, and operations drawn from the
whole graph, ten at a time, while others read. Prints how long refusals and the others took, and what memory did. Times are told beside their goals and
judge nothing: the machine is part of them.

  --operations 10000  hostile ones
  --seed 1            of what is drawn
  --attackers 40      accounts; guests of one address besides
  --rest 30           seconds from the last attack to the last look at memory
  --mode embedded     or processes`;

const GOALS: readonly (readonly [string, number])[] = [
  [WAITS.statically, 50],
  [WAITS.planning, 500],
  [WAITS.cold, 1_000],
  [WAITS.warm, 50],
  [WAITS.typename, 50],
];

await prove({
  help: HELP,
  numbers: { operations: 10_000, seed: 1, attackers: 40, rest: 30 },
  // As it is run, but for the limit of one address: everybody here has the same.
  env: { PLAZA_LIMIT_REQUESTS_PER_MINUTE_BY_ACCOUNT: '3000' },
  async run(plaza, given, { say }) {
    const siege = await besiege(plaza.url, { ...given, say });
    tell(siege, say);
    return siege.faults.length === 0;
  },
});

function tell({ faults, waits, codes, memory }: Siege, say: Say): void {
  const ms = (value: number | null): string => (value === null ? '–' : `${value.toFixed(0)} ms`).padStart(9);
  for (const [what, goal] of GOALS)
    say(
      `${what.padEnd(40)} ${String(waits.count(what)).padStart(6)}  p50 ${ms(waits.at(what, 0.5))}  p99 ${ms(waits.at(what, 0.99))}  goal ${goal} ms`,
    );
  const mib = (bytes: number): string => `${(bytes / 1_048_576).toFixed(0)} MiB`;
  say(`memory: ${mib(memory.before)} before, ${mib(memory.highest)} at most, ${mib(memory.after)} after`);
  say([...codes].map(([code, count]) => `${count} ${code}`).join(', '));
  for (const fault of faults.slice(0, 20)) say(fault);
  say(faults.length === 0 ? 'nothing got through' : `${faults.length} got through`);
}
