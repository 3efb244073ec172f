import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { objectKey, type Objects } from './objects.js';

/** Objects as files below `root`, which is made when it is missing. */
export class FolderObjects implements Objects {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    const path = this.#path(key);
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
    await rm(this.#path(key), { force: true });
  }

  /** Two levels of folders, so that none grows without end. */
  #path(key: string): string {
    return join(this.#root, objectKey(key).slice(0, 2), key);
  }
}

async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : '';
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return null;
    throw cause;
  }
}
