import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, chown, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { askOnce, withClient } from '@plaza/db/with-client';
import { type Account, accountFor } from '@plaza/postgres/postgres.account';
import { findPostgres } from '@plaza/postgres/postgres.binaries';
import { type Engine, EngineError, type Place } from './engine.js';
import { run } from './tools.js';

const STREAMING_WITHIN_MS = 30_000;
const SLOT = 'replica';
/** What a copy begins without: the log comes from the primary, and its locks and slots are its own. */
const NOT_COPIED = new Set(['pg_wal', 'pg_replslot', 'postmaster.pid', 'postmaster.opts', 'server.log']);

/** PostgreSQL from npm twice: a primary, and a replica that follows it over the wire and answers reads. */
export const postgres: Engine = {
  name: 'postgres',
  portCount: 2,

  // npm has brought it with Plaza.
  install: async () => {
    await findPostgres();
  },

  async start(place, at) {
    const account = await accountFor(place.folder, await findPostgres());
    if (!existsSync(primaryOf(place))) await makePrimary(account, place);
    at('the primary');
    await bringUp(account, place, primaryOf(place), 0);
    if (!existsSync(replicaOf(place))) await makeReplica(account, place);
    at('the replica');
    await bringUp(account, place, replicaOf(place), 1);
    at('the stream between them');
    await streaming(place);
  },

  async stop(place) {
    const account = await accountFor(place.folder, await findPostgres());
    for (const cluster of [replicaOf(place), primaryOf(place)]) {
      if (await runs(account, cluster)) await account.run('pg_ctl', ['-D', cluster, '-m', 'fast', '-w', '-t', '30', 'stop']);
    }
  },

  async isRunning(place) {
    if (!existsSync(primaryOf(place))) return false;
    return runs(await accountFor(place.folder, await findPostgres()), primaryOf(place));
  },

  async version(place) {
    const [row] = await askOnce<{ version: string }>(urlOf(place, 0), `SELECT current_setting('server_version') AS version`);
    return `PostgreSQL ${row?.version ?? '?'}, a primary and a streaming replica`;
  },

  variables: (place) => ({ POSTGRES_URL: urlOf(place, 0), POSTGRES_REPLICA_URL: urlOf(place, 1) }),
};

const primaryOf = ({ folder }: Place): string => join(folder, 'postgres');
const replicaOf = ({ folder }: Place): string => join(folder, 'replica');
const urlOf = ({ ports, password }: Place, which: 0 | 1): string =>
  `postgresql://plaza:${password}@127.0.0.1:${String(ports[which])}/postgres`;
/** A socket's path holds 107 bytes: it stands in the temporary folder under a name made of the cluster's. */
const socketOf = (cluster: string): string => join(tmpdir(), `plaza-${createHash('sha256').update(cluster).digest('hex').slice(0, 12)}`);

/** Made beside its place and moved there when complete. */
async function makePrimary(account: Account, place: Place): Promise<void> {
  const draft = join(place.folder, 'postgres.new');
  await rm(draft, { recursive: true, force: true });
  await account.makeFolder(draft);
  const locale = ['--encoding=UTF8', '--no-locale', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  // Its socket stands in a folder that only its account may enter; over the wire everybody needs the password.
  const auth = ['--auth-local=trust', '--auth-host=scram-sha-256'];
  await account.run('initdb', ['-D', draft, '-U', 'plaza', ...auth, ...locale, '--no-instructions']);
  await bringUp(account, place, draft, 0);
  const local = `postgresql://plaza@${encodeURIComponent(socketOf(draft))}:${String(place.ports[0])}/postgres`;
  await askOnce(local, `ALTER ROLE plaza PASSWORD '${place.password}'`);
  await account.run('pg_ctl', ['-D', draft, '-m', 'fast', '-w', 'stop']);
  await rename(draft, primaryOf(place));
}

/** The low-level backup of PostgreSQL's manual: npm's programs have no `pg_basebackup`. */
async function makeReplica(account: Account, place: Place): Promise<void> {
  const [primary, draft] = [primaryOf(place), join(place.folder, 'replica.new')];
  await rm(draft, { recursive: true, force: true });
  await account.makeFolder(draft);
  await withClient(urlOf(place, 0), async (client) => {
    await client.query(`SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1`, [SLOT]);
    // From here on the primary keeps its log for the replica.
    await client.query(`SELECT pg_create_physical_replication_slot($1, true)`, [SLOT]);
    await client.query(`SELECT pg_backup_start('replica', true)`);
    const names = (await readdir(primary)).filter((name) => !NOT_COPIED.has(name));
    await run('cp', ['-pR', ...names.map((name) => join(primary, name)), draft]);
    const { rows } = await client.query<{ labelfile: string }>(`SELECT labelfile FROM pg_backup_stop(false)`);
    for (const inner of ['pg_wal', 'pg_wal/archive_status', 'pg_replslot']) await account.makeFolder(join(draft, inner));
    await writeFile(join(draft, 'backup_label'), rows[0]?.labelfile ?? '', { mode: 0o600 });
    await writeFile(join(draft, 'standby.signal'), '', { mode: 0o600 });
    const source = `host=127.0.0.1 port=${String(place.ports[0])} user=plaza password=${place.password}`;
    await appendFile(join(draft, 'postgresql.auto.conf'), `primary_conninfo = '${source}'\nprimary_slot_name = '${SLOT}'\n`);
    await giveToOwnerOf(primary, [join(draft, 'backup_label'), join(draft, 'standby.signal')]);
  });
  await rename(draft, replicaOf(place));
}

/** Only root can, and only root needs to. */
async function giveToOwnerOf(model: string, files: readonly string[]): Promise<void> {
  if (userInfo().uid !== 0) return;
  const { uid, gid } = await stat(model);
  for (const file of files) await chown(file, uid, gid);
}

async function bringUp(account: Account, { ports }: Place, cluster: string, which: 0 | 1): Promise<void> {
  if (await runs(account, cluster)) return;
  const socket = socketOf(cluster);
  await account.makeFolder(socket);
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(ports[which]),
    unix_socket_directories: socket,
    max_connections: '200',
    shared_buffers: '256MB',
    wal_level: 'replica',
    hot_standby_feedback: 'on',
    max_slot_wal_keep_size: '4GB',
  };
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}='${value}'`);
  const log = join(cluster, 'server.log');
  try {
    await account.run('pg_ctl', ['-D', cluster, '-w', '-t', '60', '-l', log, '-o', options.join(' '), 'start']);
  } catch (cause) {
    throw new EngineError(`PostgreSQL did not start: see ${log}`, { cause });
  }
}

async function runs(account: Account, cluster: string): Promise<boolean> {
  return account.run('pg_ctl', ['-D', cluster, 'status']).then(
    () => true,
    () => false,
  );
}

/** Resolves when the replica follows. @throws EngineError when it does not within half a minute. */
async function streaming(place: Place): Promise<void> {
  for (const end = Date.now() + STREAMING_WITHIN_MS; ; await pause(100)) {
    const found = await askOnce(urlOf(place, 0), `SELECT FROM pg_stat_replication WHERE state = 'streaming'`);
    if (found.length > 0) return;
    if (Date.now() > end) throw new EngineError(`the replica does not follow: see ${join(replicaOf(place), 'server.log')}`);
  }
}
