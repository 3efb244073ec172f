import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Ends a process that runs; resolves when it has ended, however. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}
