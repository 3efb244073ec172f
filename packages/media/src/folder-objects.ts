import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { objectKey, type Objects } from './objects.js';

/** Objects as files below `root`, which is made when it is missing. */
export class FolderObjects implements Objects {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    // A sweep may take an empty folder away between its making and its first file: then it is made again.
    for (let tries = 3; ; tries -= 1) {
      try {
        return await this.#put(this.#path(key), bytes);
      } catch (cause) {
        if (tries === 0 || !isMissing(cause)) throw cause;
      }
    }
  }

  async #put(path: string, bytes: Uint8Array): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    // Beside its place and then renamed: after a crash there is the whole object or none. Keys never begin with a dot.
    const draft = join(dirname(path), `.${randomUUID()}`);
    try {
      const file = await open(draft, 'wx', 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, path);
    } catch (cause) {
      await rm(draft, { force: true });
      throw cause;
    }
  }

  async get(key: string) {
    const file = await orNull(open(this.#path(key), 'r'));
    if (file === null) return null;
    const { size } = await file.stat();
    return { size, stream: file.createReadStream() };
  }

  async stat(key: string) {
    const found = await orNull(stat(this.#path(key)));
    return found === null ? null : { size: found.size };
  }

  async delete(key: string): Promise<void> {
    const path = this.#path(key);
    await rm(path, { force: true });
    // Folders go with the last that lay in them; one that is made or filled at this moment stays.
    for (let folder = dirname(path); folder !== this.#root; folder = dirname(folder)) {
      try {
        await rmdir(folder);
      } catch {
        return;
      }
    }
  }

  async *list(first?: string) {
    if (first !== undefined) yield* filesIn(this.#path(first), `${first}/`);
    else for (const inner of await foldersIn(this.#root)) yield* filesIn(inner, '');
  }

  /** Two levels of folders, so that none grows without end. */
  #path(key: string): string {
    return join(this.#root, objectKey(key).slice(0, 2), key);
  }
}

/** The paths of the folders that may hold objects. */
async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = (await orNull(readdir(folder, { withFileTypes: true }))) ?? [];
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => join(folder, name));
}

async function* filesIn(folder: string, prefix: string): AsyncGenerator<{ readonly key: string; readonly writtenAt: Date }> {
  for (const entry of (await orNull(readdir(folder, { withFileTypes: true }))) ?? []) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path, `${prefix}${entry.name}/`);
    else {
      const found = await orNull(stat(path));
      if (found !== null) yield { key: `${prefix}${entry.name}`, writtenAt: found.mtime };
    }
  }
}

async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (cause) {
    if (isMissing(cause)) return null;
    throw cause;
  }
}

function isMissing(cause: unknown): boolean {
  const code = cause instanceof Error && 'code' in cause ? cause.code : '';
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR';
}
