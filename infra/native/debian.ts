import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from './engine.js';
import { madeOnce, need, onPath, run } from './tools.js';

/** A program of Debian's. */
export interface DebianProgram {
  /** As it is called on the PATH. */
  readonly program: string;
  /** What brings it. */
  readonly name: string;
  /** What to do by hand where there is no apt. */
  readonly hint: string;
}

/** Brings a program: nothing to do where it is on the PATH, else Debian's package unpacked into `folder/program` without being installed. */
export async function bringFromDebian(folder: string, { program, name, hint }: DebianProgram, at: (detail: string) => void): Promise<void> {
  if ((await onPath(program)) !== undefined || existsSync(join(folder, 'program'))) return;
  await need(program, ['apt-get', 'dpkg'], hint);
  await madeOnce(folder, async (draft) => {
    at('from Debian');
    // What it needs beside what this machine has, as apt reckons it; nothing is installed.
    const plan = await run('apt-get', ['--simulate', '--no-install-recommends', 'install', name]).catch((cause: unknown) => {
      throw new EngineError(`${program}: apt-get knows no ${name} (apt-get update?). ${hint}`, { cause });
    });
    const names = [...plan.matchAll(/^Inst (\S+)/gmu)].map((match) => match[1] ?? '');
    await run('apt-get', ['download', ...names], { cwd: draft });
    for (const file of (await readdir(draft)).filter((entry) => entry.endsWith('.deb'))) {
      await run('dpkg', ['--extract', join(draft, file), draft]);
    }
  });
}

/** How to run a program that {@link bringFromDebian} has brought. */
export interface Runnable {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

/** `program` as it was brought: by its name where it was on the PATH. */
export async function runnable(folder: string, program: string): Promise<Runnable> {
  const own = join(folder, 'program', 'usr');
  const path = ['bin', 'sbin'].map((room) => join(own, room, program)).find((file) => existsSync(file));
  if (path === undefined) return { path: program, env: {} };
  const room = join(own, 'lib');
  // Some need none beside the machine's own.
  const libraries = existsSync(room) ? (await readdir(room)).map((name) => join(room, name)) : [];
  return { path, env: libraries.length === 0 ? {} : { LD_LIBRARY_PATH: libraries.join(':') } };
}
