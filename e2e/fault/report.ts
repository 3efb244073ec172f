import { described, printOf, scheduleOf } from './schedule.js';
import type { Outcome } from './trial.js';

/** docs/faults.md: what each seed did, and what came of it. */
export function report(outcomes: ReadonlyMap<number, Outcome>): string {
  const all = [...outcomes];
  const sum = (of: (outcome: Outcome) => number): number => all.reduce((total, [, outcome]) => total + of(outcome), 0);
  const violations = sum((outcome) => outcome.violations.length);
  const rows = all.map(([seed, outcome]) => {
    const schedule = scheduleOf(seed);
    const cells = [
      seed,
      `\`${printOf(schedule)}\``,
      schedule.mode,
      schedule.faults.map(described).join('; '),
      outcome.done,
      outcome.unclear,
      outcome.seconds.toFixed(1),
      outcome.violations.length,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return `# Faults

What \`npm run fault:all\` printed (docs/adr/0033). Each seed is one Plaza of its own, six people, and the faults that are named; then everything is healed,
comes to rest within 30 s and is compared with everything. \`npm run fault -- --seed N\` plays one of them again.

${new Date().toISOString().slice(0, 10)}, Node ${process.version.slice(1)}: ${all.length} seeds, ${sum((outcome) => outcome.done)} things wanted, ${sum((outcome) => outcome.unclear)} answers that were
lost or errors, **${violations} violations**.

| seed | schedule | mode | faults (after so many things) | done | unclear | s | violations |
| ---- | -------- | ---- | ----------------------------- | ---- | ------- | - | ---------- |
${rows.join('\n')}
`;
}
