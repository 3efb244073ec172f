import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { compareVersions, VERSION } from '@plaza/embedded/version';
import { type Progress } from '@plaza/telemetry/progress';
import { unpackCluster } from './cluster.js';
import { countsOf, differences } from './counts.js';
import { BackupError, type Counts, FILES, hashOfFile, type Manifest, readManifest } from './manifest.js';
import { objectsOf, restoreObjects } from './objects.js';
import { openKey, unsealFolder } from './seal.js';

export interface RestoreOptions {
  readonly from: string;
  /** Made; nothing may lie there. */
  readonly dataDir: string;
  readonly keyFile: string;
  readonly progress: Progress;
}

/** What is there again. */
export interface Restored {
  readonly manifest: Manifest;
  readonly databases: Counts;
  readonly objects: number;
}

/**
 * Makes a data folder from a backup: everything is compared with what the manifest says before the folder counts as one.
 * @throws BackupError with one line; nothing is left in the folder then
 */
export async function restore({ from, dataDir, keyFile, progress }: RestoreOptions): Promise<Restored> {
  const [source, home] = [resolve(from), resolve(dataDir)];
  const manifest = await readManifest(source);
  if (compareVersions(manifest.stamp.version, VERSION) > 0)
    throw new BackupError(`${source} is of Plaza ${manifest.stamp.version}, which is newer than this ${VERSION}`);
  if ((await readdir(home).catch(() => [])).length > 0) throw new BackupError(`${home} is not empty`);
  const key = await openKey(keyFile, false);
  await progress('Comparing the files', async () => compareFiles(source, manifest));
  await mkdir(home, { recursive: true, mode: 0o700 });
  try {
    const { bytes } = { bytes: await readFile(join(source, FILES.secrets)) };
    await unsealFolder(bytes, key, join(home, 'secrets'));
    await progress('Unpacking the databases', async () => unpackCluster(join(source, FILES.postgres), home));
    const databases = await progress('Starting them, and counting', async () => countsOf(home));
    const others = manifest.databases === null ? [] : differences(manifest.databases, databases);
    if (others.length > 0) throw new BackupError(`what was restored is not what was saved: ${others.join('; ')}`);
    const objects = await progress('Putting photos and videos back', async () => restoreObjects(source, await objectsOf(home)));
    if (objects !== manifest.objects.count)
      throw new BackupError(`${String(manifest.objects.count - objects)} objects are not in the list`);
    // Last: until then the folder is none that Plaza would start on.
    await writeFile(join(home, 'plaza.json'), `${JSON.stringify(manifest.stamp, null, 2)}\n`, { mode: 0o600 });
    return { manifest, databases, objects };
  } catch (cause) {
    await Promise.all((await readdir(home)).map(async (name) => rm(join(home, name), { recursive: true, force: true })));
    throw cause;
  }
}

async function compareFiles(source: string, { postgres, objects, secrets }: Manifest): Promise<void> {
  const wanted = [
    [FILES.postgres, postgres.sha256],
    [FILES.objectList, objects.sha256],
    [FILES.secrets, secrets.sha256],
  ] as const;
  for (const [name, sha256] of wanted) {
    if ((await hashOfFile(join(source, name)).catch(() => '')) !== sha256) throw new BackupError(`${name} is missing or was changed`);
  }
}
