/** `npm run check:hostile`: see HELP. */
import { availableParallelism, loadavg } from 'node:os';
import { freePorts } from '@plaza/subgraph/free-ports';
import { prove } from '../proof.js';
import type { Say } from '../say.js';
import { besiege, mib, type Siege, WAITS } from './siege.js';

const HELP = `npm run check:hostile -- --operations 10000      gets through, or brings Plaza down: it may not happen

Starts a Plaza of its own. Accounts and guests send the named bombs, small operations that stall the planner or fill its heap, and operations drawn from the
whole graph, ten at a time, while others read. Prints how long refusals and the others took, and what memory did. Times are told beside their goals and
judge nothing: the machine is part of them. Beside them stands what the thread that serves did meanwhile, for whomever: so long they would have been on a
machine with nothing else to do (Linux alone tells).

  --operations 10000  hostile ones
  --first 0           number of the first: a siege may be laid in parts
  --minutes 0         after so many no more are sent
  --seed 1            of what is drawn
  --attackers 40      accounts; guests of one address besides
  --rest 20           seconds before and after, in which nobody attacks and others go on
  --after 330         seconds after which memory is looked at once more: what nobody asks for is kept for 300
  --mode embedded     or processes`;

const GOALS: readonly (readonly [string, number | null])[] = [
  [WAITS.statically, 50],
  [WAITS.planning, 500],
  [WAITS.planned, null],
  [WAITS.cold, 1_000],
  [WAITS.warm, 50],
  [WAITS.typename, 50],
  [WAITS.inPeace, null],
];

const [inspector = 0] = await freePorts(1);

await prove({
  help: HELP,
  numbers: { operations: 10_000, first: 0, minutes: 0, seed: 1, attackers: 40, rest: 20, after: 330 },
  // As it is run, but for the limit of one address: everybody here has the same.
  env: { PLAZA_LIMIT_REQUESTS_PER_MINUTE_BY_ACCOUNT: '30000', NODE_OPTIONS: `--inspect-port=${inspector}` },
  async run(plaza, given, { say }) {
    const siege = await besiege(plaza.url, { ...given, pid: plaza.pid, inspector, say });
    tell(siege, given, say);
    return siege.faults.length === 0;
  },
});

function tell(
  { done, late, faults, waits, codes, memory }: Siege,
  { rest, after }: { readonly rest: number; readonly after: number },
  say: Say,
): void {
  const ms = (value: number | null): string => (value === null ? '–' : `${value.toFixed(0)} ms`).padStart(9);
  for (const [what, goal] of GOALS)
    say(
      `${what.padEnd(40)} ${String(waits.count(what)).padStart(6)}  p50 ${ms(waits.at(what, 0.5))}  p99 ${ms(waits.at(what, 0.99))}  of the server’s thread p50 ${ms(waits.at(what, 0.5, 'used'))}  p99 ${ms(waits.at(what, 0.99, 'used'))}${goal === null ? '' : `  goal ${goal} ms`}`,
    );
  say(`the machine: a load of ${(loadavg()[1] ?? 0).toFixed(1)} on ${availableParallelism()} cores, what is done here among it`);
  say(
    `${late} of ${[WAITS.cold, WAITS.warm, WAITS.typename].reduce((sum, what) => sum + waits.count(what), 0)} legitimate ones were not answered in time`,
  );
  const both = ({ resident, heap }: Siege['memory']['before']): string => `${mib(resident)} (the serving thread’s heap ${mib(heap)})`;
  say(
    `memory, garbage collected: ${both(memory.before)} before, ${both(memory.rested)} after ${rest} s of rest, ${both(memory.after)} after ${after} s; ${mib(memory.highest)} at most`,
  );
  say([...codes].map(([code, count]) => `${count} ${code}`).join(', '));
  for (const fault of faults.slice(0, 20)) say(fault);
  say(faults.length === 0 ? `${done} were sent, nothing got through` : `${faults.length} got through`);
}
