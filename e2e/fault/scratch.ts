import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readlink, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

/** A copy of this repository as it is now, in which a program can be built and run that is not as it should be. */
export class Scratch {
  readonly root: string;

  private constructor(place: string) {
    this.root = place;
  }

  static async make(): Promise<Scratch> {
    const place = await mkdtemp(join(tmpdir(), 'plaza-scratch-'));
    const { stdout } = await run('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root, maxBuffer: 2 ** 26 });
    const { stdout: made } = await run('git', ['ls-files', '-oi', '--exclude-standard', '-z', '--', 'prisma/generated', '*.generated.ts'], {
      cwd: root,
      maxBuffer: 2 ** 26,
    });
    for (const path of `${stdout}${made}`.split('\0').filter((one) => one !== '' && !one.includes('node_modules/'))) {
      await mkdir(dirname(join(place, path)), { recursive: true });
      // What was deleted and is not committed yet is not there.
      await cp(join(root, path), join(place, path)).catch(() => undefined);
    }
    await linkPackages(place);
    return new Scratch(place);
  }

  /** @throws Error when the patch does not apply as it is */
  async apply(patch: string): Promise<void> {
    await run('git', ['apply', '--whitespace=nowarn', patch], { cwd: this.root });
  }

  async undo(patch: string): Promise<void> {
    await run('git', ['apply', '--whitespace=nowarn', '--reverse', patch], { cwd: this.root });
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}

/** Packages of others are linked to where they are; those of this repository to the copy's own. */
async function linkPackages(place: string): Promise<void> {
  await mkdir(join(place, 'node_modules/@plaza'), { recursive: true });
  for (const name of await readdir(join(root, 'node_modules'))) {
    if (name !== '@plaza') await symlink(join(root, 'node_modules', name), join(place, 'node_modules', name));
  }
  for (const name of await readdir(join(root, 'node_modules/@plaza'))) {
    await symlink(await readlink(join(root, 'node_modules/@plaza', name)), join(place, 'node_modules/@plaza', name));
  }
}
