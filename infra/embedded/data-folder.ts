import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { compareVersions, VERSION } from './version.js';

const STAMP = 'plaza.json';
const Stamp = z.object({
  version: z.string().regex(/^\d+\.\d+\.\d+$/u),
  createdAt: z.iso.datetime(),
  /** Absent until the demo was written as a whole; `false` where it was not wanted. */
  demo: z.boolean().optional(),
});
type Stamp = z.infer<typeof Stamp>;

/** The data folder cannot be used; nothing in it was changed. The message is one line. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
}

/** Everything that an embedded Plaza keeps. */
export interface DataFolder {
  readonly dir: string;
  /** Undefined: nobody has decided yet, because the folder is new or its first start did not come to its end. */
  readonly demo: boolean | undefined;
  /** Stamp the folder as written by this version, once its databases are. */
  readonly complete: (demo: boolean) => Promise<void>;
}

/**
 * Open a data folder, or make it where there is none or an empty one.
 * @throws DataFolderError when it cannot be written, holds something else, or was written by a newer version.
 */
export async function openDataFolder(dir: string): Promise<DataFolder> {
  const entries = await listed(dir);
  const stamp = entries.includes(STAMP) ? await readStamp(dir) : undefined;
  const foreign = entries.find((name) => name !== 'lost+found' && !name.startsWith('.'));
  if (stamp === undefined && foreign !== undefined) {
    throw new DataFolderError(`${dir} is not a data folder of Plaza: it holds ${foreign}`);
  }
  if (stamp !== undefined && compareVersions(stamp.version, VERSION) > 0) {
    throw new DataFolderError(`${dir} was written by Plaza ${stamp.version}, which is newer than this ${VERSION}`);
  }
  const current: Stamp = stamp ?? { version: VERSION, createdAt: new Date().toISOString() };
  await checkWritable(dir);
  if (stamp === undefined) await writeStamp(dir, current);
  return {
    dir,
    demo: current.demo,
    complete: async (demo) => {
      if (current.demo !== demo || current.version !== VERSION) await writeStamp(dir, { ...current, version: VERSION, demo });
    },
  };
}

async function listed(dir: string): Promise<string[]> {
  try {
    await makeFolder(dir);
    return await readdir(dir);
  } catch (cause) {
    throw new DataFolderError(`${dir} cannot be used as data folder (${codeOf(cause)})`, { cause });
  }
}

/** As `mkdir -p`. Node's own never comes back where a folder exists and takes no others (/proc). */
async function makeFolder(dir: string): Promise<void> {
  if (existsSync(dir)) return;
  await mkdir(dir, { mode: 0o700 }).catch(async (cause: unknown) => {
    const parent = dirname(dir);
    if (existsSync(dir)) return;
    if (codeOf(cause) !== 'ENOENT' || existsSync(parent)) throw cause;
    await makeFolder(parent);
    await mkdir(dir, { mode: 0o700 });
  });
}

async function readStamp(dir: string): Promise<Stamp> {
  try {
    return Stamp.parse(JSON.parse(await readFile(join(dir, STAMP), 'utf8')));
  } catch (cause) {
    throw new DataFolderError(`${join(dir, STAMP)} cannot be read as the stamp of a data folder`, { cause });
  }
}

async function checkWritable(dir: string): Promise<void> {
  const probe = join(dir, `.probe-${randomUUID()}`);
  try {
    await writeFile(probe, '');
  } catch (cause) {
    throw new DataFolderError(`${dir} cannot be written (${codeOf(cause)})`, { cause });
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
}

/** Written beside and moved into place: a reader sees the old one or the new one. */
async function writeStamp(dir: string, stamp: Stamp): Promise<void> {
  const draft = join(dir, `.${STAMP}-${randomUUID()}`);
  await writeFile(draft, `${JSON.stringify(stamp, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, join(dir, STAMP));
}

const codeOf = (cause: unknown): string => (cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause));
