import { CONTENDERS, type Contender, installPeers, LABELS } from './contenders.js';
import { type Figures, type Mode, MODES, race, type Race } from './side-by-side.js';

const TITLES: Readonly<Record<Mode, string>> = {
  standard: 'The standard query, each request with the token of one of 500 people',
  mix: 'Thirty queries of the manifest, the n-th one part in n, each request with the token of one of 500 people',
  identical: 'The standard query, all requests the same (Hive with in-flight sharing of requests)',
};

const HEAD = [
  'gateway',
  'requests/s',
  'p50, ms',
  'p99, ms',
  'CPU-ms',
  'times ours',
  'fetches',
  'in exchanges',
  'calls',
  'KB with subgraphs',
  'KB answer',
  'RSS, MiB',
  'answers as ours',
];

/** Runs the race and prints a table for each mode. */
export async function sideBySide(
  names: readonly string[],
  modeNames: readonly string[],
  options: Omit<Race, 'modes'>,
  out: (line?: string) => void,
): Promise<void> {
  const modes = MODES.filter((mode) => modeNames.includes(mode));
  const contenders = CONTENDERS.filter((name) => names.includes(name));
  if (contenders.some((name) => name.startsWith('hive'))) installPeers(out);
  let last: Mode | undefined;
  let ours: number | undefined;
  await race(contenders, { ...options, modes }, (mode, contender, figures) => {
    if (mode !== last) {
      out();
      out(`## ${TITLES[mode]}`);
      out();
      out(`| ${HEAD.join(' | ')} |`);
      out(`|${HEAD.map(() => '---').join('|')}|`);
      last = mode;
      ours = undefined;
    }
    if (figures instanceof Error) {
      out(`| ${LABELS[contender]} | ${figures.message} |`);
      return;
    }
    if (contender === 'plaza') ours = figures.cpuMs;
    out(`| ${row(contender, figures, ours).join(' | ')} |`);
  });
}

function row(contender: Contender, figures: Figures, ours: number | undefined): readonly string[] {
  const { failures, same, operations } = figures;
  return [
    LABELS[contender],
    (figures.count / figures.seconds).toFixed(0),
    figures.p50.toFixed(1),
    figures.p99.toFixed(1),
    figures.cpuMs.toFixed(2),
    ours === undefined ? '' : (figures.cpuMs / ours).toFixed(1),
    figures.fetches.toFixed(1),
    figures.exchanges.toFixed(1),
    figures.calls.toFixed(1),
    (figures.subgraphBytes / 1_000).toFixed(1),
    (figures.bytes / 1_000).toFixed(1),
    figures.rssMiB.toFixed(0),
    `${same} of ${operations}${failures === 0 ? '' : `, ${failures} failed`}`,
  ];
}
