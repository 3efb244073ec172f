import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { EngineError } from './engine.js';

const execute = promisify(execFile);
const LOOK_MS = 100;

/** Which process it is: its id, and when it began, because ids come again. */
const Daemon = z.object({ pid: z.number().int().positive(), began: z.string().min(1) });

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** When the process began, as `ps` writes it; undefined when there is none with this id. */
async function began(pid: number): Promise<string | undefined> {
  return execute('ps', ['-o', 'lstart=', '-p', String(pid)], { env: { ...process.env, LC_ALL: 'C' } }).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
}

/** The id of the process that was started for this folder, while it runs. */
export async function daemonPid(folder: string): Promise<number | undefined> {
  const text = await readFile(join(folder, 'daemon.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const daemon = Daemon.parse(JSON.parse(text));
  return (await began(daemon.pid)) === daemon.began ? daemon.pid : undefined;
}

/** Starts a program that outlives this one, in a session of its own, with what it says in `folder/log`; nothing to do where it runs. */
export async function startDaemon(folder: string, { command, args, env }: Command): Promise<void> {
  if ((await daemonPid(folder)) !== undefined) return;
  const log = await open(join(folder, 'log'), 'w', 0o600);
  try {
    const child = spawn(command, args, { cwd: folder, detached: true, stdio: ['ignore', log.fd, log.fd], env: { ...process.env, ...env } });
    await once(child, 'spawn'); // rejects when it cannot be run
    child.unref();
    const { pid } = child;
    const since = pid === undefined ? undefined : await began(pid);
    if (pid === undefined || since === undefined) throw new EngineError(`${command} ended at once: ${await lastWords(folder)}`);
    await writeFile(join(folder, 'daemon.json'), JSON.stringify({ pid, began: since }), { mode: 0o600 });
  } finally {
    await log.close();
  }
}

/** Resolves when `check` says yes. @throws EngineError when the process ends before, or after `withinMs`. */
export async function answering(folder: string, check: () => Promise<boolean>, withinMs: number): Promise<void> {
  for (const end = Date.now() + withinMs; !(await check().catch(() => false)); await pause(LOOK_MS)) {
    if ((await daemonPid(folder)) === undefined) throw new EngineError(`it ended while it started: ${await lastWords(folder)}`);
    if (Date.now() > end) throw new EngineError(`it does not answer after ${String(withinMs / 1000)} s: ${await lastWords(folder)}`);
  }
}

/** Asks it to end, and ends it after `withinMs`. */
export async function stopDaemon(folder: string, withinMs: number): Promise<void> {
  const pid = await daemonPid(folder);
  if (pid !== undefined) {
    signal(pid, 'SIGTERM');
    for (const end = Date.now() + withinMs; (await daemonPid(folder)) !== undefined; await pause(LOOK_MS)) {
      if (Date.now() > end) signal(pid, 'SIGKILL');
    }
  }
  await rm(join(folder, 'daemon.json'), { force: true });
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has just ended.
  }
}

async function lastWords(folder: string): Promise<string> {
  const text = await readFile(join(folder, 'log'), 'utf8').catch(() => '');
  return text.trimEnd().split('\n').at(-1) ?? '';
}
