/** `npm run check:monitoring`: see HELP. */
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { PlazaProcess } from '../e2e/plaza-process.js';
import { pathOf, readMonitoring } from '../infra/monitoring/files.js';
import { promtool } from '../infra/monitoring/promtool.js';

const HELP = `npm run check:monitoring [-- --url <address>]

Rules, their tests and the configuration by promtool (on the PATH, else of Debian's package, kept in ~/.cache/plaza); each alert has a firing test
and a page in docs/runbooks; and every metric that a rule or a dashboard reads is told by a Plaza that runs.

  --url <address>  a Plaza that runs (http://localhost:4000); without it one is started on an empty folder and stopped`;

const { values } = parseArgs({ options: { url: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
const say = (line: string): void => void process.stdout.write(`${line}\n`);
async function main(url: string | undefined): Promise<boolean> {
  const { alerts, fired, runbooks, metrics, stale } = await readMonitoring();
  const [exposed, tool] = [await metricsOf(url), await promtool(join(homedir(), '.cache', 'plaza', 'promtool'))];
  const [rules, tests] = [await paths('rules'), await paths('tests')];
  const outcomes = [
    tell('committed files are what is written (npm run monitoring)', stale),
    tell(
      `each of ${String(alerts.length)} alerts has a firing test`,
      alerts.filter((alert) => !fired.has(alert)),
    ),
    tell(
      'each alert has a page in docs/runbooks',
      alerts.filter((alert) => !runbooks.has(alert)),
    ),
    tell(
      `each of ${String(metrics.length)} metrics is told by a running Plaza`,
      metrics.filter((metric) => !exposed.has(metric)),
    ),
    tell('promtool check config', await faultsOf(tool, ['check', 'config', pathOf('prometheus.yml')])),
    tell('promtool check rules', await faultsOf(tool, ['check', 'rules', '--lint-fatal', ...rules])),
    tell('promtool test rules', await faultsOf(tool, ['test', 'rules', ...tests])),
  ];
  return outcomes.every(Boolean);
}

function tell(what: string, faults: readonly string[]): boolean {
  say(`${faults.length === 0 ? 'ok  ' : 'FAIL'} ${what}`);
  for (const fault of faults) say(`     ${fault}`);
  return faults.length === 0;
}

const paths = async (folder: string): Promise<readonly string[]> =>
  (await readdir(pathOf(folder))).map((name) => pathOf(`${folder}/${name}`));

async function faultsOf(program: string, args: readonly string[]): Promise<readonly string[]> {
  return promisify(execFile)(program, args).then(
    () => [],
    (cause: unknown) => String(cause instanceof Error && 'stdout' in cause ? cause.stdout || cause.message : cause).split('\n'),
  );
}

/** The names that a Plaza tells, with those that have no value yet. */
async function metricsOf(url: string | undefined): Promise<ReadonlySet<string>> {
  if (url !== undefined) return namesAt(url);
  const plaza = await PlazaProcess.start('embedded', { LOG_LEVEL: 'silent' });
  try {
    return await namesAt(plaza.url);
  } finally {
    await plaza.remove();
  }
}

async function namesAt(url: string): Promise<ReadonlySet<string>> {
  const text = await (await fetch(new URL('/metrics', url))).text();
  return new Set([...text.matchAll(/^# TYPE (\S+) /gmu)].map((match) => match[1] ?? ''));
}

if (values.help === true) say(HELP);
else process.exitCode = (await main(values.url)) ? 0 : 1;
