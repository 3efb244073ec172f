import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { readFile, rename, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Account, accountFor } from './postgres.account.js';
import { findPostgres } from './postgres.binaries.js';
import { lockFolder } from './postgres.lock.js';
import { type Progress, silent } from '@plaza/telemetry/progress';

const LOG_LIMIT_BYTES = 16 * 1024 * 1024;

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '200',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  work_mem: '8MB',
  random_page_cost: '1.1',
  jit: 'off',
  synchronous_commit: 'on',
  max_wal_size: '2GB',
  checkpoint_completion_target: '0.9',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
};

/** What a throw-away cluster of tests adds: nobody needs its data after a crash. */
export const THROW_AWAY: Readonly<Record<string, string>> = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** A running PostgreSQL that this process holds. */
export interface Postgres {
  /** The address of a database: its host is the folder of a Unix socket, no port is open. */
  readonly url: (database: string) => string;
  /** Whether the cluster was made by this start. */
  readonly isNew: boolean;
  /** @returns the names that were not there yet. */
  readonly createDatabases: (names: readonly string[]) => Promise<string[]>;
  /** Sessions are cut, what is committed is written; at most about ten seconds. Calling again waits for the same end. */
  readonly stop: () => Promise<void>;
}

/**
 * Start the PostgreSQL of a data folder, or take over the one that an earlier Plaza left when it was killed. It is held by
 * `pg_ctl` in a session of its own, so that no signal meant for us reaches it.
 * @param dataDir exists and can be written; the cluster lies in `postgres` below it.
 * @throws FolderInUseError when another Plaza runs there; nothing is touched then.
 */
export async function startPostgres(
  dataDir: string,
  { progress = silent, settings = {} }: { readonly progress?: Progress; readonly settings?: Readonly<Record<string, string>> } = {},
): Promise<Postgres> {
  const home = resolve(dataDir);
  const cluster = join(home, 'postgres');
  const account = await accountFor(home, await findPostgres());
  const isNew = !existsSync(join(cluster, 'PG_VERSION'));
  if (isNew) await progress('Creating the database cluster', async () => createCluster(account, home, cluster));
  const socket = await progress('Starting PostgreSQL', async () => bringUp(account, home, cluster, settings));
  const url = addresses(socket);
  const session = await lockFolder(url('postgres'), dataDir);
  removeUnfinished(home);

  async function stop(): Promise<void> {
    // The lock goes with the server: until the last page is written nobody else may think the folder free.
    await account
      .run('pg_ctl', ['-D', cluster, '-m', 'fast', '-w', '-t', '6', 'stop'])
      .catch(async () => account.run('pg_ctl', ['-D', cluster, '-m', 'immediate', '-w', '-t', '3', 'stop']));
    await session.end().catch(() => undefined);
    await rm(socket, { recursive: true, force: true });
  }
  let stopping: Promise<void> | undefined;
  return {
    url,
    isNew,
    async createDatabases(names) {
      const { rows } = await session.query<{ datname: string }>('SELECT datname FROM pg_database');
      const missing = names.filter((name) => !rows.some((row) => row.datname === name));
      for (const name of missing) await session.query(`CREATE DATABASE "${name}"`);
      return missing;
    },
    stop: async () => (stopping ??= stop()),
  };
}

/** The addresses of the PostgreSQL that runs in a data folder, whoever holds it; undefined when none does. */
export async function runningPostgres(dataDir: string): Promise<Postgres['url'] | undefined> {
  const cluster = join(resolve(dataDir), 'postgres');
  if (!existsSync(cluster) || !(await isRunning(await accountFor(resolve(dataDir), await findPostgres()), cluster))) return undefined;
  return addresses(await runningSocket(cluster));
}

const addresses = (socket: string) => (database: string) => `postgresql://plaza@${encodeURIComponent(socket)}/${database}`;

/** Made beside its place and moved there when complete: a start that is killed meanwhile leaves no half cluster. */
async function createCluster(account: Account, home: string, cluster: string): Promise<void> {
  const draft = join(home, `postgres.new-${randomUUID().slice(0, 8)}`);
  const locale = ['--encoding=UTF8', '--no-locale', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  try {
    await account.makeFolder(draft);
    await account.run('initdb', ['-D', draft, '-U', 'plaza', '--auth=trust', ...locale, '--no-instructions']);
    await rename(draft, cluster);
  } catch (cause) {
    // Another Plaza that started at the same moment may have been faster and cleared our draft away; its cluster is as good.
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(join(cluster, 'PG_VERSION'))) throw cause;
  }
}

function removeUnfinished(home: string): void {
  for (const name of readdirSync(home).filter((entry) => entry.startsWith('postgres.new-'))) {
    void rm(join(home, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

/** @returns the folder of the socket. */
async function bringUp(account: Account, home: string, cluster: string, settings: Readonly<Record<string, string>>): Promise<string> {
  if (await isRunning(account, cluster)) return runningSocket(cluster);
  // A socket's path holds 107 bytes: it stands in the temporary folder under a name made of the data folder's.
  const socket = join(tmpdir(), `plaza-${createHash('sha256').update(home).digest('hex').slice(0, 12)}`);
  await account.makeFolder(socket);
  const log = join(cluster, 'server.log');
  const written = await stat(log).catch(() => undefined);
  if (written !== undefined && written.size > LOG_LIMIT_BYTES) await truncate(log);
  const options = Object.entries({ ...SETTINGS, unix_socket_directories: socket, ...settings }).map(
    ([name, value]) => `-c ${name}='${value}'`,
  );
  try {
    await account.run('pg_ctl', ['-D', cluster, '-w', '-t', '60', '-l', log, '-o', options.join(' '), 'start']);
    return socket;
  } catch (cause) {
    // Two starts at one moment: the other one's server runs, and the lock will tell whose the folder is.
    for (let attempt = 0; attempt < 20; attempt++) {
      if (await isRunning(account, cluster)) return runningSocket(cluster);
      await pause(50);
    }
    const lines = (await readFile(log, 'utf8').catch(() => '')).trimEnd().split('\n');
    throw new Error(`PostgreSQL did not start in ${cluster}: ${lines.at(-1) ?? ''}`, { cause });
  }
}

async function isRunning(account: Account, cluster: string): Promise<boolean> {
  return account.run('pg_ctl', ['-D', cluster, 'status']).then(
    () => true,
    () => false,
  );
}

/** postmaster.pid: process, folder, start time, port, socket folder, address, shared memory, state; the last comes when it is ready. */
async function runningSocket(cluster: string): Promise<string> {
  for (const until = Date.now() + 10_000; Date.now() < until; await pause(50)) {
    const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
    const socket = lines[4]?.trim();
    if (socket !== undefined && socket !== '' && lines[7]?.trim() === 'ready') return socket;
  }
  throw new Error(`the PostgreSQL that runs in ${cluster} does not become ready`);
}
