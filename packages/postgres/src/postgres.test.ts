import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Postgres, startPostgres, THROW_AWAY } from './postgres.js';
import { FolderInUseError } from './postgres.lock.js';

let dir: string;
let running: Postgres | undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'plaza-postgres-'));
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  await rm(dir, { recursive: true, force: true });
});

async function ask(postgres: Postgres, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: postgres.url('postgres') });
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(sql);
  await client.end();
  return Object.values(rows[0] ?? {})[0];
}

const postmaster = async (): Promise<number> => Number((await readFile(join(dir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]);
/** Not a zombie either: where nobody waits for orphans, they stay in the table of processes. */
const isAlive = async (pid: number): Promise<boolean> =>
  promisify(execFile)('ps', ['-o', 'stat=', '-p', String(pid)]).then(
    ({ stdout }) => !stdout.startsWith('Z'),
    () => false,
  );

it('starts in a folder that is closed to others, speaks UTF-8 and opens no port', async () => {
  running = await startPostgres(dir, { settings: THROW_AWAY });

  expect(running.isNew).toBe(true);
  expect(await ask(running, `SELECT lower('ĐÀ NẴNG')`)).toBe('đà nẵng');
  expect(await ask(running, 'SHOW listen_addresses')).toBe('');
});

it('keeps what was written from one start to the next, and stops without a trace', async () => {
  const first = await startPostgres(dir);
  expect(await first.createDatabases(['kept'])).toEqual(['kept']);
  const pid = await postmaster();
  await first.stop();
  await vi.waitFor(async () => expect(await isAlive(pid)).toBe(false), 60_000);
  running = await startPostgres(dir);

  expect(running.isNew).toBe(false);
  expect(await running.createDatabases(['kept'])).toEqual([]);
});

it('refuses a folder that somebody holds, and leaves their server alone', async () => {
  running = await startPostgres(dir, { settings: THROW_AWAY });

  await expect(startPostgres(dir)).rejects.toThrow(FolderInUseError);
  expect(await ask(running, 'SELECT 1')).toBe(1);
});

it('gives a folder to exactly one of two that start at the same moment', async () => {
  const both = await Promise.allSettled([startPostgres(dir), startPostgres(dir)]);
  const winners = both.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  running = winners[0];

  expect(winners).toHaveLength(1);
  expect(both.find((outcome) => outcome.status === 'rejected')?.reason).toBeInstanceOf(FolderInUseError);
  expect((await readdir(dir)).filter((name) => name.startsWith('postgres.new-'))).toEqual([]);
});

it('takes over the server whose holder was killed', async () => {
  const script = `import { startPostgres } from ${JSON.stringify(new URL('postgres.ts', import.meta.url).pathname)};
    await startPostgres(${JSON.stringify(dir)}); process.kill(process.pid, 'SIGKILL');`;
  await promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]).catch(() => undefined);
  const left = await postmaster();
  expect(await isAlive(left)).toBe(true);
  running = await startPostgres(dir);

  expect(await postmaster()).toBe(left);
});
