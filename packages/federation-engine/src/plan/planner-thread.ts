import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { GraphQLError, print } from 'graphql';
import { type MadePlan, type PlanningJob, PlanTooLargeError } from './planner.js';
import type { ThreadData, ThreadJob, ThreadMessage } from './thread-messages.js';

/** What one operation may take. */
export interface ThreadBounds {
  /** Of the thread's heap, the planner's own needs among it. */
  readonly heapMiB: number;
  /** Of the processor's time, where the system tells it; else of the clock's. Four times as much in a new thread, whose code is not compiled yet; twenty times for what is trusted. */
  readonly deadlineMs: number;
}

/** A busy machine gives a thread little: after so many deadlines by the clock it is over in any case. */
const PATIENCE = 20;
/** Of the clock that the system counts a thread's time by (USER_HZ of Linux, which has no other). */
const TICK_MS = 10;
const LOOK_MS = 25;
/** After so many jobs a thread is as fast as it gets. */
const JOBS_TO_WARM_UP = 20;
const COLD = 4;
const TRUSTED = 20;

interface Running {
  readonly resolve: (made: readonly MadePlan[]) => void;
  readonly reject: (error: Error) => void;
}

/** One thread that plans one operation at a time. What takes too long or too much memory ends the thread with it, and nothing else. */
export class PlannerThread {
  readonly #worker: Worker;
  readonly #bounds: ThreadBounds;
  readonly #ready: Promise<void>;
  #task: string | undefined;
  #running: Running | undefined;
  #timer: NodeJS.Timeout | undefined;
  #end: Error | undefined;
  #jobs = 0;

  constructor(data: ThreadData, bounds: ThreadBounds) {
    this.#bounds = bounds;
    const { file, eval: isText } = entry();
    this.#worker = new Worker(file, {
      eval: isText,
      workerData: data,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: bounds.heapMiB },
      env: { NODE_ENV: 'production' },
    });
    this.#worker.unref();
    this.#worker.on('error', (error: Error) => {
      this.#end ??= isOutOfMemory(error) ? new PlanTooLargeError('The plan takes too much memory.', { cause: error }) : error;
    });
    this.#ready = new Promise((resolve, reject) => {
      this.#worker.on('message', (message: ThreadMessage) => {
        if (message.kind !== 'ready') {
          this.#take(message);
          return;
        }
        this.#task = message.task;
        resolve();
      });
      this.#worker.once('exit', () => {
        this.#end ??= new Error('The planner ended.');
        reject(this.#end);
        this.#settle()?.reject(this.#end);
      });
    });
    this.#ready.catch(() => undefined); // told to whoever runs something
  }

  /** One at a time. @throws PlanTooLargeError; GraphQLError; Error when the thread ended */
  async run({ documents, overrides, isTrusted }: PlanningJob): Promise<readonly MadePlan[]> {
    // Someone waits: until then it keeps no process alive.
    this.#worker.ref();
    try {
      await this.#ready;
      const job: ThreadJob = { texts: documents.map((document) => print(document)), overrides: [...overrides] };
      return await new Promise((resolve, reject) => {
        this.#running = { resolve, reject };
        this.#watch(this.#bounds.deadlineMs * (isTrusted ? TRUSTED : this.#jobs < JOBS_TO_WARM_UP ? COLD : 1));
        this.#jobs += 1;
        this.#worker.postMessage(job); // oxlint-disable-line unicorn/require-post-message-target-origin -- a thread, not a window
      });
    } finally {
      this.#worker.unref();
    }
  }

  /** Whether nothing more may be run. */
  get isEnding(): boolean {
    return this.#end !== undefined;
  }

  async stop(reason = new Error('The planner was stopped.')): Promise<void> {
    this.#end ??= reason;
    this.#settle()?.reject(this.#end);
    await this.#worker.terminate();
  }

  #take(message: Exclude<ThreadMessage, { kind: 'ready' }>): void {
    const running = this.#settle();
    if (running === undefined) return;
    switch (message.kind) {
      case 'made':
        running.resolve(JSON.parse(message.plans) as readonly MadePlan[]); // planner.worker.ts wrote them
        return;
      case 'too large':
        running.reject(new PlanTooLargeError(message.message));
        return;
      case 'refused':
        running.reject(new GraphQLError(message.message, { extensions: message.extensions }));
        return;
      case 'failed':
        running.reject(new Error(message.message));
    }
  }

  #settle(): Running | undefined {
    clearTimeout(this.#timer);
    const running = this.#running;
    this.#running = undefined;
    return running;
  }

  /** Ends the thread when its job has had its time. */
  #watch(deadlineMs: number): void {
    const start = performance.now();
    const before = spent(this.#task);
    const look = (): void => {
      const passed = performance.now() - start;
      const now = spent(this.#task);
      const used = before === undefined || now === undefined ? passed : now - before;
      if (used < deadlineMs && passed < deadlineMs * PATIENCE) {
        this.#timer = setTimeout(look, Math.max(LOOK_MS, deadlineMs - used));
        return;
      }
      void this.stop(new PlanTooLargeError('The plan takes too long.'));
    };
    this.#timer = setTimeout(look, deadlineMs);
  }
}

/** The thread's file, as source or as what was made of it. Source needs a loader that each thread registers for itself. */
function entry(): { readonly file: string | URL; readonly eval: boolean } {
  const file = new URL('planner.worker.ts', import.meta.url);
  if (!file.pathname.endsWith('.ts')) return { file, eval: false };
  const source = JSON.stringify(file.href);
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  return { file: `import(${loader}).then(({ register }) => (register(), import(${source})));`, eval: true };
}

const isOutOfMemory = (error: Error): boolean => 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';

/** The processor's time that a thread of this process has had, in milliseconds. */
function spent(task: string | undefined): number | undefined {
  if (task === undefined) return undefined;
  try {
    const stat = readFileSync(`/proc/self/task/${task}/stat`, 'latin1');
    // The second field is a name and may hold anything; the 14th and 15th are ticks in the program and in the system.
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13);
    return (Number(user) + Number(system)) * TICK_MS;
  } catch {
    return undefined;
  }
}
