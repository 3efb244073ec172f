import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { dashboardFiles } from './dashboards.js';
import { sloRules } from './slos.js';

const HERE = new URL('./', import.meta.url);
const RUNBOOKS = new URL('../../docs/runbooks/', import.meta.url);

/** An absolute path in this folder. */
export const pathOf = (name: string): string => fileURLToPath(new URL(name, HERE));

/** What is written from slos.ts and dashboards.ts: text by path in this folder. */
export function written(): ReadonlyMap<string, string> {
  const dashboards = [...dashboardFiles()].map(([name, text]) => [`dashboards/${name}`, text] as const);
  return new Map([['rules/slo.yml', sloRules()], ...dashboards]);
}

/** What the committed files say of each other. */
export interface Monitoring {
  readonly alerts: readonly string[];
  /** Alerts that a test waits for. */
  readonly fired: ReadonlySet<string>;
  readonly runbooks: ReadonlySet<string>;
  /** Metrics that rules and dashboards read, without what Prometheus makes itself. */
  readonly metrics: readonly string[];
  /** Files that are not what would be written now. */
  readonly stale: readonly string[];
}

/** Reads them; nothing is run. */
export async function readMonitoring(): Promise<Monitoring> {
  const [rules, tests] = [await textsIn('rules'), await textsIn('tests')];
  const dashboards = [...dashboardFiles().values()];
  const stale: string[] = [];
  for (const [name, text] of written()) if ((await readFile(pathOf(name), 'utf8').catch(() => '')) !== text) stale.push(name);
  return {
    alerts: all(rules, /^ +- alert: (\w+)$/gmu),
    // A sample with its value: an alert that must be there, and not one that must not.
    fired: new Set(all(tests, /labels: 'ALERTS\{alertname="(\w+)",alertstate="firing"[^']*',\s*value: 1/gu)),
    runbooks: new Set((await readdir(RUNBOOKS)).filter((name) => name !== 'README.md').map((name) => name.replace(/\.md$/u, ''))),
    metrics: [...new Set(all([...rules, ...dashboards], /\b((?:plaza|nodejs|process)_[a-z0-9_]+)\b/gu).map(seriesToMetric))].toSorted(),
    stale,
  };
}

const textsIn = async (folder: string): Promise<readonly string[]> =>
  Promise.all((await readdir(pathOf(folder))).map((name) => readFile(pathOf(`${folder}/${name}`), 'utf8')));

const all = (texts: readonly string[], pattern: RegExp): readonly string[] =>
  texts.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1] ?? ''));

/** A histogram is told as three series. */
const seriesToMetric = (name: string): string => name.replace(/_seconds_(?:bucket|count|sum)$/u, '_seconds');
