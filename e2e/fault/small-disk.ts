import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, open, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PIECE = Buffer.alloc(2 ** 20);
const SMALLEST = Buffer.alloc(512);

/** A disk in memory that is small enough to be filled. Whoever may not mount one has none. */
export class SmallDisk {
  readonly #mount: string;

  private constructor(mount: string) {
    this.#mount = mount;
  }

  /** @throws Error where this user, or this machine, mounts none */
  static async of(bytes: number): Promise<SmallDisk> {
    const mount = await mkdtemp(join(tmpdir(), 'plaza-small-disk-'));
    try {
      // PostgreSQL runs as somebody else and has to come through.
      await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=0755`, 'plaza-fault', mount]);
      await mkdir(join(mount, 'data'));
    } catch (error) {
      await rmdir(mount);
      throw error;
    }
    return new SmallDisk(mount);
  }

  /** A folder on it. */
  get folder(): string {
    return join(this.#mount, 'data');
  }

  /** Not one byte more goes onto it. */
  async fill(): Promise<void> {
    const ballast = await open(this.#ballast, 'a');
    try {
      for (const piece of [PIECE, SMALLEST]) while (await ballast.write(piece).then(({ bytesWritten }) => bytesWritten > 0, isFull));
    } finally {
      await ballast.close();
    }
  }

  async free(): Promise<void> {
    await rm(this.#ballast, { force: true });
  }

  /** When nobody uses it any more. */
  async remove(): Promise<void> {
    await run('umount', ['--lazy', this.#mount]);
    await rmdir(this.#mount);
  }

  get #ballast(): string {
    return join(this.#mount, 'ballast');
  }
}

function isFull(error: unknown): false {
  if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false;
  throw error;
}
