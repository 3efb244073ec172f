import { PlannerThread, type ThreadBounds } from './planner-thread.js';
import { type MadePlan, PlannerBusyError, type Planning, type PlanningJob } from './planner.js';
import type { ThreadData } from './thread-messages.js';

export interface ThreadOptions extends Partial<ThreadBounds> {
  /** Operations of strangers that may wait at a time. Default 100. */
  readonly queue?: number;
}

/** Whoever needs a plan before starts the thread. */
const START_AFTER_MS = 10_000;
const DEFAULTS = { heapMiB: 192, deadlineMs: 450, queue: 100 };

/**
 * Plans on threads of its own, so that no plan holds up who serves. Strangers' operations are planned one after the other on one thread;
 * trusted ones too while nobody else is there, and else on a second, which is started when it is first needed. Whatever a stranger sends ends
 * the first thread at most, and the next job gets a new one.
 */
export class PlannerThreads implements Planning {
  readonly #strangers: Lane;
  readonly #trusted: Lane;
  readonly #queue: number;
  readonly #starting: NodeJS.Timeout;

  constructor(data: ThreadData, options: ThreadOptions = {}) {
    const { heapMiB, deadlineMs, queue } = { ...DEFAULTS, ...options };
    const start = (): PlannerThread => new PlannerThread(data, { heapMiB, deadlineMs });
    this.#strangers = new Lane(start);
    this.#trusted = new Lane(start);
    this.#queue = queue;
    // It takes a second: whoever asks first should not wait for all of it. But not while everything else starts.
    this.#starting = setTimeout(() => this.#strangers.start(), START_AFTER_MS).unref();
  }

  async make(job: PlanningJob): Promise<readonly MadePlan[]> {
    if (job.isTrusted) return (this.#strangers.length === 0 ? this.#strangers : this.#trusted).run(job);
    if (this.#strangers.length > this.#queue) throw new PlannerBusyError('Too many operations wait for a plan.');
    return this.#strangers.run(job);
  }

  async stop(): Promise<void> {
    clearTimeout(this.#starting);
    await Promise.all([this.#strangers.stop(), this.#trusted.stop()]);
  }
}

/** Jobs one after the other, with a thread as long as there is one. */
class Lane {
  readonly #start: () => PlannerThread;
  #thread: PlannerThread | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #isStopped = false;
  /** Jobs that run or wait. */
  length = 0;

  constructor(start: () => PlannerThread) {
    this.#start = start;
  }

  start(): PlannerThread {
    if (this.#thread !== undefined && !this.#thread.isEnding) return this.#thread;
    const thread = this.#start();
    this.#thread = thread;
    return thread;
  }

  run(job: PlanningJob): Promise<readonly MadePlan[]> {
    this.length += 1;
    const made = this.#last.then(() => this.#run(job));
    this.#last = made.catch(() => undefined);
    return made;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#thread?.stop();
  }

  async #run(job: PlanningJob): Promise<readonly MadePlan[]> {
    try {
      if (this.#isStopped) throw new Error('The planner was stopped.');
      return await this.start().run(job);
    } finally {
      this.length -= 1;
      // The next one finds a thread that is on its way already.
      if (this.#thread?.isEnding === true && !this.#isStopped) this.start();
    }
  }
}
