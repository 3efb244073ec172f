import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { accountFor } from '@plaza/postgres/postgres.account';
import { findPostgres } from '@plaza/postgres/postgres.binaries';
import { childrenOf, isThere, runs, signal } from './machine.js';

/** Until the last of those that were killed has gone, what they shared is in use, and PostgreSQL refuses to start. */
const TRIES = 50;
const AGAIN_MS = 100;
const GONE_MS = 30_000;
const LOOK_MS = 5;

const pidFile = (folder: string): string => join(folder, 'postgres', 'postmaster.pid');

/** The process that holds a data folder's PostgreSQL; 0 where there is none. */
export async function postmasterOf(folder: string): Promise<number> {
  const text = await readFile(pidFile(folder), 'utf8').catch(() => '');
  return Number(text.split('\n')[0] ?? 0);
}

/** kill -9 of PostgreSQL and of whatever it has started; they are gone then. @returns whether it ran */
export async function killPostgres(folder: string): Promise<boolean> {
  const postmaster = await postmasterOf(folder);
  const [, , , port, socket = ''] = (await readFile(pidFile(folder), 'utf8').catch(() => '')).split('\n');
  const locks = [pidFile(folder), join(socket, `.s.PGSQL.${port}.lock`)];
  const children = await childrenOf(postmaster);
  const killed = [postmaster, ...children.map(({ pid }) => pid)].filter((pid) => signal(pid, 'SIGKILL'));
  for (const until = Date.now() + GONE_MS; (await Promise.all(killed.map(runs))).some(Boolean); await pause(LOOK_MS)) {
    if (Date.now() > until) throw new Error('those who were killed do not go');
  }
  // A name that stays until the first process of the machine has asked after it would be taken for one that runs.
  if (killed.includes(postmaster) && isThere(postmaster)) for (const lock of locks) await rm(lock, { force: true });
  return killed.includes(postmaster);
}

/** Starts it again as it was started before, as whoever watches over a database does; nothing to do where it runs. @throws Error where it does not start */
export async function bringPostgresBack(folder: string): Promise<void> {
  const cluster = join(folder, 'postgres');
  const { run } = await accountFor(folder, await findPostgres());
  const isUp = (): Promise<boolean> =>
    run('pg_ctl', ['-D', cluster, 'status']).then(
      () => true,
      () => false,
    );
  for (let tries = 1; !(await isUp()); tries += 1) {
    try {
      // "Again": with the options that it left beside its data.
      await run('pg_ctl', ['-D', cluster, '-w', '-t', '60', '-l', join(cluster, 'server.log'), 'restart']);
    } catch (error) {
      if (tries === TRIES) throw error;
      await pause(AGAIN_MS);
    }
  }
}
