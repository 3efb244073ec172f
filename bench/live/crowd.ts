import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { HeardBack, Opened, WatcherJob } from './jobs.js';

/** The process of the watchers, from outside. */
export class Crowd {
  readonly #child: ChildProcess;

  constructor() {
    this.#child = fork(fileURLToPath(new URL('watchers.ts', import.meta.url)), {
      execArgv: ['--import', 'tsx'],
      serialization: 'advanced',
    });
  }

  async open(job: Omit<Extract<WatcherJob, { kind: 'open' }>, 'kind'>): Promise<Opened> {
    return this.#do({ kind: 'open', ...job });
  }

  async heard(name: string, since: Readonly<Record<number, number>>): Promise<HeardBack> {
    return this.#do({ kind: 'heard', name, since });
  }

  async close(): Promise<void> {
    await this.#do({ kind: 'close' });
  }

  stop(): void {
    this.#child.disconnect();
  }

  async #do<Result>(job: WatcherJob): Promise<Result> {
    this.#child.send(job);
    const [result] = await once(this.#child, 'message');
    return result as Result; // what watchers.ts sends for this kind of job
  }
}

/** @throws Error with what to do where a process may not have so many files open */
export function mustOpen(files: number): void {
  const soft = softLimit();
  if (soft >= files) return;
  throw new Error(`This needs ${files} open files, a process may have ${soft} here. Say: ulimit -n ${files}`);
}

function softLimit(): number {
  try {
    const limit = /^Max open files\s+(\S+)/mu.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return limit === undefined || limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit);
  } catch {
    return Number.POSITIVE_INFINITY; // no /proc: the first socket too many says so
  }
}

/** A port of one address reaches at most so many sockets of another; more addresses, more sockets. */
export const addressesFor = (sockets: number): readonly string[] =>
  process.platform === 'linux' ? Array.from({ length: Math.ceil(sockets / 20_000) }, (_, n) => `127.0.0.${n + 2}`) : [];
