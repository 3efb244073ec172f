import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { machine } from '../../bench/measure/machine.js';
import { Record, type Tried } from './tried.js';
import { report } from './report.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const file = fileURLToPath(new URL('./record.json', import.meta.url));
const page = fileURLToPath(new URL('../../docs/faults.md', import.meta.url));

/** What is true of everything that is tried from now on. */
export async function trying(): Promise<(seconds: number) => Tried> {
  const [{ stdout: commit }, { stdout: changed }] = await Promise.all([
    run('git', ['rev-parse', '--short=10', 'HEAD'], { cwd: root }),
    run('git', ['status', '--porcelain', '--', ':!docs', ':!e2e/fault/record.json'], { cwd: root }),
  ]);
  const name = `${commit.trim()}${changed.trim() === '' ? '' : '+'}`;
  return (seconds) => ({
    date: new Date().toISOString().slice(0, 16),
    commit: name,
    machine: machine(),
    seconds: Math.round(seconds * 10) / 10,
  });
}

/** What came last of each. */
export async function kept(): Promise<Record> {
  return Record.parse(JSON.parse(await readFile(file, 'utf8').catch(() => '{"seeds":[],"planted":[]}')));
}

let keeping: Promise<void> = Promise.resolve();

/** Keeps what came of it in place of what came of the same before, and writes docs/faults.md anew. Calls at the same time do so one after the other. */
export function keep(news: Partial<Record>): Promise<void> {
  keeping = keeping.then(async () => written(news));
  return keeping;
}

async function written(news: Partial<Record>): Promise<void> {
  const known = await kept();
  const record = {
    seeds: merged(known.seeds, news.seeds, ({ seed }) => seed).toSorted((a, b) => a.seed - b.seed),
    rounds: merged(known.rounds, news.rounds, ({ what, seed }) => `${what} ${seed}`).toSorted((a, b) => a.seed - b.seed),
    planted: merged(known.planted, news.planted, ({ name }) => name).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
  await writeFormatted(file, JSON.stringify(record));
  await writeFormatted(page, await report(record));
}

function merged<T>(known: readonly T[], news: readonly T[] = [], nameOf: (one: T) => string | number): readonly T[] {
  return [...new Map([...known, ...news].map((one) => [nameOf(one), one])).values()];
}

async function writeFormatted(to: string, text: string): Promise<void> {
  await writeFile(to, await format(text, { ...(await resolveConfig(to)), filepath: to }));
}
