import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGunzip } from 'node:zlib';
import { accountFor } from '@plaza/postgres/postgres.account';
import { findPostgres } from '@plaza/postgres/postgres.binaries';
import { BackupError } from './manifest.js';

/** Unpacks the copy of a server into a data folder that has none: unpacked beside its place and moved there when it is whole. */
export async function unpackCluster(file: string, dataDir: string): Promise<void> {
  const home = resolve(dataDir);
  const account = await accountFor(home, await findPostgres());
  const draft = join(home, 'postgres.new-restored');
  await rm(draft, { recursive: true, force: true });
  await account.makeFolder(draft);
  // Rights as they were, and its owner is whoever runs PostgreSQL here.
  const { uid, gid } = await stat(draft);
  const tar = spawn('tar', ['--extract', '--preserve-permissions', '--no-same-owner', '--file=-', `--directory=${draft}`], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = once(tar, 'exit');
  await pipeline(createReadStream(file), createGunzip(), tar.stdin);
  const [code] = await ended;
  if (code !== 0) throw new BackupError(`${file} cannot be unpacked`);
  if (userInfo().uid === 0) await promisify(execFile)('chown', ['-R', `${String(uid)}:${String(gid)}`, draft]);
  await rename(draft, join(home, 'postgres'));
}
