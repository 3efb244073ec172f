import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createGzip } from 'node:zlib';
import { baseBackup, type BaseBackup } from '@plaza/postgres/base-backup';
import { runningPostgres, startPostgres } from '@plaza/postgres/postgres';
import { type Progress, silent } from '@plaza/telemetry/progress';
import { z } from 'zod';
import { unpackCluster } from './cluster.js';
import { countsOf } from './counts.js';
import { BackupError, type Counts, FILES, hashOfFile, type Manifest, type ObjectLine, writeManifest } from './manifest.js';
import { copyObjects, objectsOf } from './objects.js';
import { openKey, sealFolder } from './seal.js';

export interface BackupOptions {
  readonly dataDir: string;
  /** Made; nothing may lie there. */
  readonly to: string;
  /** The file with the key of the secrets; made where there is none. */
  readonly keyFile: string;
  /** A server outside of the data folder, as a role with REPLICATION. */
  readonly postgresUrl: string | undefined;
  /** Whether the copy is restored beside its place and counted before the backup counts as one. */
  readonly isChecked: boolean;
  readonly progress: Progress;
}

/**
 * A backup of a Plaza, also while it is in use: all its databases as they were at one moment, and every object that they name.
 * @throws BackupError with one line
 */
export async function backup({ dataDir, to, keyFile, postgresUrl, isChecked, progress }: BackupOptions): Promise<Manifest> {
  const place = resolve(to);
  if ((await readdir(place).catch(() => [])).length > 0) throw new BackupError(`${place} is not empty`);
  const stamp = await readStamp(dataDir);
  const key = await openKey(keyFile, true);
  const draft = `${place}.part`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  try {
    const objects = await objectsOf(dataDir);
    const known = new Map<string, ObjectLine>();
    // Before and after the databases: what is deleted meanwhile is there from before, what is new from after.
    await progress('Copying photos and videos', async () => copyObjects(objects, draft, known));
    const file = join(draft, FILES.postgres);
    const postgres = await progress('Copying the databases', async () => copyDatabases(dataDir, postgresUrl, file));
    await progress('Copying what came meanwhile', async () => copyObjects(objects, draft, known));
    const lines = [...known.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
    await writeFile(join(draft, FILES.objectList), lines.map((line) => `${JSON.stringify(line)}\n`).join(''), { mode: 0o600 });
    const secrets = await sealFolder(join(dataDir, 'secrets'), key);
    await writeFile(join(draft, FILES.secrets), secrets.bytes, { mode: 0o600 });
    const databases = isChecked ? await progress('Restoring a copy, and counting', async () => counted(file, draft)) : null;
    const manifest: Manifest = {
      format: 1,
      createdAt: new Date().toISOString(),
      stamp,
      postgres: { ...postgres, sha256: await hashOfFile(file) },
      databases,
      objects: {
        count: lines.length,
        bytes: lines.reduce((sum, { bytes }) => sum + bytes, 0),
        sha256: await hashOfFile(join(draft, FILES.objectList)),
      },
      secrets: { count: secrets.count, sha256: await hashOfFile(join(draft, FILES.secrets)) },
    };
    await writeManifest(draft, manifest);
    // Over an empty folder; what somebody has put there meanwhile refuses it.
    await rename(draft, place);
    await writeFile(join(dataDir, LAST), `${JSON.stringify({ at: manifest.createdAt })}\n`, { mode: 0o600 });
    return manifest;
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    throw cause;
  }
}

/** Read by whoever tells how old the last backup is. */
const LAST = 'last-backup.json';

async function readStamp(dataDir: string): Promise<Manifest['stamp']> {
  const text = await readFile(join(dataDir, 'plaza.json'), 'utf8').catch((cause: unknown) => {
    throw new BackupError(`${dataDir} is not a data folder of Plaza`, { cause });
  });
  return z.looseObject({ version: z.string() }).parse(JSON.parse(text));
}

/** From the server of the data folder, started where it does not run, or from the one that is named. */
async function copyDatabases(dataDir: string, postgresUrl: string | undefined, file: string): Promise<BaseBackup> {
  const copy = async (url: string): Promise<BaseBackup> => {
    // As fast as a disk writes: what matters is that zeros take no room.
    const packed = createGzip({ level: 1 });
    const written = createWriteStream(file, { mode: 0o600 });
    const failed = new Promise<never>((_resolve, reject) => {
      for (const stream of [packed, written]) stream.once('error', reject);
    });
    const closed = new Promise<void>((done) => void written.once('close', done));
    packed.pipe(written);
    written.once('error', (cause) => packed.destroy(cause));
    const result = await Promise.race([baseBackup(url, packed), failed]);
    await closed;
    return result;
  };
  if (postgresUrl !== undefined) return copy(postgresUrl);
  const running = await runningPostgres(dataDir);
  if (running !== undefined) return copy(running('postgres'));
  const postgres = await startPostgres(dataDir, { progress: silent });
  try {
    return await copy(postgres.url('postgres'));
  } finally {
    await postgres.stop();
  }
}

/** What a restored copy holds; it is thrown away. */
async function counted(file: string, draft: string): Promise<Counts> {
  const folder = join(draft, 'checked');
  await mkdir(folder, { mode: 0o711 });
  try {
    await unpackCluster(file, folder);
    return await countsOf(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
