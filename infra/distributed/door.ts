import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { connect } from 'node:net';
import type { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { EngineError } from '@plaza/native/engine';

const LOOK_MS = 20;

/** A program that clients come to. */
export interface DoorOptions {
  /** As it is called, in what is said of it. */
  readonly name: string;
  readonly path: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** A file: all that it says on its standard error. */
  readonly log: string;
  readonly host: string;
  readonly port: number;
  /** Its way to be told to finish what runs, and so long it has for that. */
  readonly ending: { readonly signal: NodeJS.Signals; readonly withinMs: number };
  /** Takes a line when it ends unasked. */
  readonly report: (line: string) => void;
}

/** Runs one; it ends with this process. Returns how to stop it. @throws EngineError with its last words when it does not come to listen */
export async function runDoor(options: DoorOptions): Promise<() => Promise<void>> {
  const { name, path, args, env, log, host, port, ending, report } = options;
  const child = spawn(path, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  // Also when this process is told twice to end, and ends at once.
  const orphaned = (): void => void child.kill('SIGTERM');
  process.once('exit', orphaned);
  const words = lastWords(child, createWriteStream(log, { mode: 0o600 }));
  let isStopping = false;
  const ended = new Promise<void>((resolve) => {
    const over = (why: string): void => {
      if (!isStopping) report(why);
      resolve();
    };
    child.once('error', (error) => over(`${name} cannot be run: ${error.message}`));
    child.once('exit', () => over(`${name} ended: ${words()}`));
  });
  const answers = await listening(host, port, () => child.exitCode !== null);
  if (!answers) throw new EngineError(`${name} did not start: ${words()}`);
  return async () => {
    isStopping = true;
    child.kill(ending.signal);
    const cut = setTimeout(() => child.kill('SIGTERM'), ending.withinMs);
    await ended;
    clearTimeout(cut);
    process.off('exit', orphaned);
  };
}

/** What it said last on its standard error; all of it goes to the log: who was seen to go and to come, and why. */
function lastWords(child: ChildProcess, log: Writable): () => string {
  let said = '';
  child.stderr?.pipe(log);
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(-2_000)));
  return () => said.trim().split('\n').at(-1) ?? '';
}

async function listening(host: string, port: number, hasEnded: () => boolean): Promise<boolean> {
  while (!hasEnded()) {
    const socket = connect(port, host);
    const stands = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'close').then(() => false)]).catch(
      () => false,
    );
    socket.destroy();
    if (stands) return true;
    await pause(LOOK_MS);
  }
  return false;
}
