import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ALL_SEEDS, described, printOf, scheduleOf } from './schedule.js';
import type { BugRecord, Record, RoundsRecord, SeedRecord, Tried } from './tried.js';

const planted = fileURLToPath(new URL('./planted/', import.meta.url));

/** docs/faults.md: what each seed and each planted bug did, and what came of it. */
export async function report(record: Record): Promise<string> {
  const names = (await readdir(planted)).filter((name) => name.endsWith('.patch')).map((name) => name.replace('.patch', ''));
  return `# Faults

What \`npm run fault:all\` and \`npm run fault:planted\` have found (docs/adr/0033), in parts as they were run: with \`--record\`, or all of \`fault:all\`, the
last run of each seed is kept in \`e2e/fault/record.json\`, and this page is written from it. \`npm run fault -- --seed N\` plays one of them again.

## Seeds

Each is one Plaza of its own, six people, and the faults that are named; then everything is healed, comes to rest within 30 s and is compared with
everything.

${seeds(record.seeds)}

## Again and again

\`npm run fault -- --postgres 100\`: under one Plaza and everything that people want of it meanwhile, PostgreSQL alone is killed (kill -9, with all that it has
started) and started again as it lies. In the end all is compared as after each seed.

${rounds(record.rounds)}

## Planted bugs

Each is a patch of \`e2e/fault/planted\` in a copy of the repository; seeds are played until one of them violates something. Seconds are those of the
build and of all its trials.

${bugs(record.planted, names)}
`;
}

function seeds(all: readonly SeedRecord[]): string {
  const isNow = ({ seed, schedule }: SeedRecord): boolean => seed <= ALL_SEEDS && printOf(scheduleOf(seed)) === schedule;
  const now = all.filter(isNow);
  const missing = Array.from({ length: ALL_SEEDS }, (_, n) => n + 1).filter((seed) => !now.some((one) => one.seed === seed));
  const sum = (of: (one: SeedRecord) => number): number => now.reduce((total, one) => total + of(one), 0);
  const rows = now.map((one) => {
    const { mode, faults } = scheduleOf(one.seed);
    const names = [
      ...faults.map((fault) => `${described(fault)}${one.idle.includes(described(fault)) ? ' (found nothing to strike)' : ''}`),
      ...one.instead.map((what) => `**${what}**`),
    ];
    return [one.seed, `\`${one.schedule}\``, mode, names.join('; '), one.done, one.unclear, ...tried(one), one.violations.length];
  });
  return `${now.length} of ${ALL_SEEDS} seeds were played${missing.length === 0 ? '' : `; not yet: ${ranges(missing)}`}. ${sum(({ done }) => done)} things wanted, ${sum(({ unclear }) => unclear)} answers that were
lost or errors, **${sum(({ violations }) => violations.length)} violations**.

${places(now)}

${table(['seed', 'schedule', 'mode', 'faults (after so many things)', 'done', 'unclear', 's', 'when', 'commit', 'violations'], rows)}`;
}

function rounds(all: readonly RoundsRecord[]): string {
  if (all.length === 0) return 'Not played yet.';
  const rows = all.map((one) => [one.what, one.seed, one.rounds, one.done, one.unclear, ...tried(one), one.violations.length]);
  return `${places(all)}

${table(['killed', 'seed', 'times', 'done', 'unclear', 's', 'when', 'commit', 'violations'], rows)}`;
}

function bugs(all: readonly BugRecord[], names: readonly string[]): string {
  const now = all.filter(({ name }) => names.includes(name));
  const missing = names.filter((name) => !now.some((one) => one.name === name));
  const caught = now.filter(({ caughtBy }) => caughtBy !== null).length;
  const rows = now.map((one) => [one.name, one.caughtBy?.replaceAll('|', '\\|') ?? '**not caught**', ...tried(one)]);
  return `**${caught} of ${names.length} were caught**${missing.length === 0 ? '' : `; not tried yet: ${missing.join(', ')}`}.

${places(now)}

${table(['bug', 'caught by', 's', 'when', 'commit'], rows)}`;
}

const tried = ({ seconds, date, commit }: Tried): readonly string[] => [seconds.toFixed(1), date.replace('T', ' '), commit];

const places = (all: readonly { readonly machine: string }[]): string => [...new Set(all.map(({ machine }) => machine))].join('; ');

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [head, head.map(() => '-'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** `1-3, 7` of numbers in order. */
function ranges(numbers: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const number of numbers) {
    const last = parts.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else parts.push([number, number]);
  }
  return parts.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}
