import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '@plaza/kernel/id';
import { argumentsOf } from '@plaza/kernel/program';
import { Turnstile } from '@plaza/kernel/turnstile';
import {
  type Made,
  PROCESSING_LIMITS,
  type ProcessingJob,
  type ProcessingKind,
  type ProcessingLimits,
  type Rejected,
  type Reporter,
} from './processing.js';
import { workerMessage } from './processing-messages.js';
import { type Usage, usageOf } from './process-usage.js';

/** What came of a job. `address`: SHA-256 (hex) over the objects and their names. */
export type Outcome =
  | (Made & { readonly address: string })
  | Rejected
  /** Not the original's fault, as far as we know: the process broke, or was told to stop. */
  | { readonly kind: 'broken'; readonly reason: string };

export interface ProcessingPoolOptions {
  /** How many processes work at once. */
  readonly size: number;
  /** Jobs' folders are made in it. */
  readonly folder: string;
  readonly limits?: Readonly<Record<ProcessingKind, ProcessingLimits>>;
}

/** A process takes so many photos, then a fresh one does: whatever leaks is let go. */
const JOBS_PER_PROCESS = 25;
/** A process without work is ended after this. */
const IDLE_MS = 20_000;
const LOOK_MS = 50;
/** A machine under load takes its time: this ends a start that hangs. */
const START_MS = 60_000;
/** The heap of JavaScript in a worker; pixels lie outside of it. */
const HEAP_MIB = 192;
/** Above the limit that is looked at, the kernel's own: what is asked for between two looks. */
const DATA_SLACK = 1.5;

/** Where a system keeps its tools. */
const PATH = '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin';

const worker = new URL('processing.worker.ts', import.meta.url);

/** Works on originals in processes of their own, each in a process group that is ended as one. */
export class ProcessingPool {
  readonly #options: ProcessingPoolOptions;
  readonly #places: Turnstile;
  readonly #idle: Worker[] = [];
  readonly #all = new Set<Worker>();
  #isStopped = false;

  constructor(options: ProcessingPoolOptions) {
    this.#options = options;
    this.#places = new Turnstile(options.size);
  }

  /**
   * Makes one kind out of the file `source`; `use` gets what was made while its files are there. Never throws for what an original does to the
   * process.
   */
  async run<T>(job: Omit<ProcessingJob, 'folder'>, report: Reporter, use: (outcome: Outcome) => Promise<T>): Promise<T> {
    return this.#places.pass(async () => {
      const folder = join(this.#options.folder, newId());
      await mkdir(folder, { recursive: true, mode: 0o700 });
      try {
        return await use(await this.#work({ ...job, folder }, report));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
  }

  /** Ends what runs. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all([...this.#all].map((one) => one.end()));
  }

  async #work(job: ProcessingJob, report: Reporter): Promise<Outcome> {
    if (this.#isStopped) return { kind: 'broken', reason: 'stopped' };
    const limits = (this.#options.limits ?? PROCESSING_LIMITS)[job.kind];
    // What may run for minutes has a process to itself.
    const known = job.kind === 'VIDEO' ? undefined : this.#idle.pop();
    known?.wake();
    const one = known ?? this.#start(job.kind, limits);
    const outcome = await one.do(job, limits, report);
    const isSound = outcome.kind === 'made' || (outcome.kind === 'rejected' && outcome.code !== 'LIMIT_EXCEEDED');
    if (!isSound || job.kind === 'VIDEO' || one.jobs >= JOBS_PER_PROCESS || this.#isStopped) await one.end();
    else {
      this.#idle.push(one);
      one.sleep(() => {
        const at = this.#idle.indexOf(one);
        if (at !== -1) this.#idle.splice(at, 1);
      });
    }
    return outcome;
  }

  #start(kind: ProcessingKind, limits: ProcessingLimits): Worker {
    const one = new Worker(kind, limits);
    this.#all.add(one);
    void one.gone.then(() => this.#all.delete(one));
    return one;
  }
}

/** One process. */
class Worker {
  readonly #child: ChildProcess;
  readonly gone: Promise<void>;
  jobs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(kind: ProcessingKind, limits: ProcessingLimits) {
    // Photos' processes take AVIF as well: they get the higher of the two.
    const memory = kind === 'VIDEO' ? limits.memoryBytes : Math.max(limits.memoryBytes, PROCESSING_LIMITS.AVIF.memoryBytes);
    const kib = Math.ceil((memory * DATA_SLACK) / 1024);
    // dash counts files in blocks of 512 bytes. Where a system knows a limit not, the looks remain.
    const ulimits = `ulimit -c 0; ulimit -d ${kib} 2>/dev/null; ulimit -f ${Math.ceil(limits.fileBytes / 512)} 2>/dev/null; exec "$0" "$@"`;
    this.#child = spawn('/bin/sh', ['-c', ulimits, process.execPath, `--max-old-space-size=${HEAP_MIB}`, ...argumentsOf(worker)], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      // Nothing that the parent was told: no address of a database, no secret.
      env: { PATH, NODE_ENV: 'production', MALLOC_ARENA_MAX: '2', UV_THREADPOOL_SIZE: '4' },
      cwd: '/',
      detached: true,
    });
    this.gone = once(this.#child, 'exit').then(
      () => undefined,
      () => undefined,
    );
  }

  async do(job: object, limits: ProcessingLimits, report: Reporter): Promise<Outcome> {
    const first = this.jobs === 0;
    this.jobs += 1;
    const child = this.#child;
    const pid = child.pid;
    if (pid === undefined) return { kind: 'broken', reason: 'no process could be started' };
    if (first && !(await this.#ready())) return { kind: 'broken', reason: 'the process did not start' };
    const before = await usageOf(pid);
    const began = performance.now();
    let looking: NodeJS.Timeout | undefined;
    let hear: ((raw: unknown) => void) | undefined;
    try {
      return await new Promise<Outcome>((resolve) => {
        const over = (now: Usage): boolean =>
          now.memoryBytes > limits.memoryBytes || now.cpuMs - before.cpuMs > limits.cpuMs || performance.now() - began > limits.wallMs;
        looking = setInterval(() => {
          void usageOf(pid).then((now) => {
            if (!over(now)) return;
            resolve({ kind: 'rejected', code: 'LIMIT_EXCEEDED' });
            this.#kill();
          });
        }, LOOK_MS);
        hear = (raw) => {
          const message = workerMessage.parse(raw);
          if (message.kind === 'progress') report.progress(message.percent);
          else if (message.kind === 'known') report.known(message.known);
          else if (message.kind !== 'ready') resolve(message);
        };
        child.on('message', hear);
        void this.gone.then(() => resolve({ kind: 'broken', reason: `the process ended (${child.signalCode ?? String(child.exitCode)})` }));
        if (child.connected) child.send(job);
        else resolve({ kind: 'broken', reason: 'the process ended' });
      });
    } finally {
      clearInterval(looking);
      if (hear !== undefined) child.off('message', hear);
    }
  }

  /** Waits for the next job without holding the parent; ended when none comes. */
  sleep(onEnd: () => void): void {
    this.#child.unref();
    this.#child.channel?.unref();
    this.#timer = setTimeout(() => {
      onEnd();
      void this.end();
    }, IDLE_MS);
    this.#timer.unref();
  }

  wake(): void {
    clearTimeout(this.#timer);
    this.#child.ref();
    this.#child.channel?.ref();
  }

  async end(): Promise<void> {
    this.wake();
    this.#kill();
    await this.gone;
  }

  async #ready(): Promise<boolean> {
    const late = AbortSignal.timeout(START_MS);
    try {
      await Promise.race([once(this.#child, 'message', { signal: late }), this.gone.then(() => Promise.reject(new Error('gone')))]);
      return true;
    } catch {
      return false;
    }
  }

  #kill(): void {
    try {
      if (this.#child.pid !== undefined) process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  }
}
