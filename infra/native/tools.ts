import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { EngineError } from './engine.js';

const execute = promisify(execFile);
const INSTALL_MS = 15 * 60_000;

/** The whole path of a program that can be run by its name; undefined when there is none. */
export async function onPath(program: string): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter).filter((entry) => entry !== '')) {
    const path = join(folder, program);
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
}

/** @throws EngineError with one line that says what to install. */
export async function need(engine: string, programs: readonly string[], hint: string): Promise<void> {
  for (const program of programs) {
    if ((await onPath(program)) === undefined) throw new EngineError(`${engine}: ${program} is not on the PATH. ${hint}`);
  }
}

/** What a tool printed. @throws EngineError with the last line of what it said. */
export async function run(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  try {
    const { stdout, stderr } = await execute(command, args, {
      maxBuffer: 64 * 1024 * 1024,
      timeout: INSTALL_MS,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...process.env, ...options.env },
    });
    return stdout + stderr;
  } catch (cause) {
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim().split('\n').at(-1) : '';
    throw new EngineError(`${command} ${args[0] ?? ''} failed: ${said ?? ''}`, { cause });
  }
}

/** Makes `folder/program` by `work` in a folder beside it, which is moved there when it is whole: after a kill it is made again. */
export async function madeOnce(folder: string, work: (draft: string) => Promise<void>): Promise<void> {
  const program = join(folder, 'program');
  if (existsSync(program)) return;
  const draft = join(folder, 'program.new');
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  await work(draft);
  await rename(draft, program);
}
