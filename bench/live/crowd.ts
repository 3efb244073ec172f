import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { HeardBack, Opened, WatcherJob } from './jobs.js';

/** The processes of the watchers, from outside. */
export class Crowd {
  readonly #children: readonly ChildProcess[];

  constructor(processes: number) {
    const path = fileURLToPath(new URL('watchers.ts', import.meta.url));
    this.#children = Array.from({ length: processes }, () => fork(path, { execArgv: ['--import', 'tsx'], serialization: 'advanced' }));
  }

  /** Opens them at a rate, shared out among the processes. */
  async open(job: Omit<Extract<WatcherJob, { kind: 'open' }>, 'kind'>): Promise<Opened> {
    const count = this.#children.length;
    const opened = await this.#all<Opened>((n) => ({
      kind: 'open',
      ...job,
      perSecond: job.perSecond / count,
      tokens: job.tokens.filter((_token, index) => index % count === n),
    }));
    return {
      sockets: opened.reduce((sum, { sockets }) => sum + sockets, 0),
      failures: opened.flatMap(({ failures }) => failures),
    };
  }

  async heard(name: string, since: Readonly<Record<number, number>>): Promise<HeardBack> {
    const heard = await this.#all<HeardBack>(() => ({ kind: 'heard', name, since }));
    return {
      latencies: heard.flatMap(({ latencies }) => latencies),
      came: heard.reduce((sum, { came }) => sum + came, 0),
      cpuMs: heard.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    };
  }

  async close(): Promise<void> {
    await this.#all<null>(() => ({ kind: 'close' }));
  }

  stop(): void {
    for (const child of this.#children) if (child.connected) child.disconnect();
  }

  #all<Result>(job: (n: number) => WatcherJob): Promise<readonly Result[]> {
    return Promise.all(
      this.#children.map(async (child, n) => {
        child.send(job(n));
        return (await answerOf(child)) as Result; // what watchers.ts sends for this kind of job
      }),
    );
  }
}

/** @throws Error when it ends instead */
async function answerOf(child: ChildProcess): Promise<unknown> {
  const answered = new AbortController();
  const { signal } = answered;
  const ended = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`The watchers ended with ${String(code)}`);
  });
  try {
    const [answer] = await Promise.race([once(child, 'message', { signal }), ended]);
    return answer;
  } finally {
    ended.catch(() => undefined);
    answered.abort();
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
