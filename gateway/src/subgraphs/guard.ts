import { setTimeout as pause } from 'node:timers/promises';
import { CircuitBreaker } from '@plaza/kernel/circuit-breaker';
import { Fault, unavailable } from '@plaza/kernel/fault';
import { inTime } from '@plaza/kernel/in-time';
import { Turnstile } from '@plaza/kernel/turnstile';
import { breakerOpen, retryCount } from '../metrics.js';
import type { Patience } from './patience.js';
import { RetryBudget } from './retry-budget.js';

export interface Visit {
  /** When its answer is of no use any more, in milliseconds of `performance.now()`. */
  readonly deadline: number;
  /** Whether it may be done twice: it changes nothing. */
  readonly isRepeatable: boolean;
}

/** One that takes so long to fail, or all of its time, costs its callers time: such failures open the breaker, quick ones need none. */
const SLOW_MS = 1_000;
/** Timers may ring a little before their time. */
const ALL = 0.9;
/** One that fails sooner may be tried again, while there is as much time left. */
const QUICK_MS = 200;
const RETRY_PAUSE_MS = 30;

/**
 * Stands before one subgraph: so many visits at a time, each within its time, a second try for reads that failed at once, and none at all for a
 * while after several in a row took their time and brought nothing.
 */
export class SubgraphGuard {
  readonly #name: string;
  readonly #patience: Patience;
  readonly #places: Turnstile;
  readonly #breaker: CircuitBreaker;
  readonly #budget = new RetryBudget();
  /** As the metrics have it. */
  #wasOpen: boolean | undefined;

  constructor(name: string, patience: Patience, now?: () => number) {
    this.#name = name;
    this.#patience = patience;
    this.#places = new Turnstile(patience.concurrent);
    this.#breaker = new CircuitBreaker(now === undefined ? {} : { now });
  }

  /** `work` hears how many milliseconds it has. @throws Fault UNAVAILABLE when it did not succeed in time; what `work` throws */
  async visit<T>(work: (withinMs: number) => Promise<T>, { deadline, isRepeatable }: Visit): Promise<T> {
    this.#budget.earn();
    const until = Math.min(deadline, performance.now() + (this.#patience.subgraphMs[this.#name] ?? Number.POSITIVE_INFINITY));
    const startedAt = performance.now();
    try {
      return await this.#once(work, until);
    } catch (error) {
      const isQuick = isAway(error) && performance.now() - startedAt < QUICK_MS && performance.now() + QUICK_MS < until;
      if (!isQuick || !isRepeatable || this.#breaker.isOpen || !this.#budget.spend()) throw error;
      retryCount.inc({ subgraph: this.#name });
      await pause(RETRY_PAUSE_MS * Math.random());
      return this.#once(work, until);
    }
  }

  /** @throws Fault also at once, not only by its promise */
  #once<T>(work: (withinMs: number) => Promise<T>, until: number): Promise<T> {
    if (!this.#breaker.enter()) throw unavailable(this.#name, new Error('rests after it did not answer'));
    if (performance.now() < until && this.#places.enter()) return this.#begun(work, until, this.#leave);
    return this.#later(work, until);
  }

  async #later<T>(work: (withinMs: number) => Promise<T>, until: number): Promise<T> {
    let enter: () => void = () => undefined;
    const entered = new Promise<void>((resolve) => {
      enter = resolve;
    });
    const visiting = this.#places.pass(async () => {
      // Who waited for a place until it was too late does not begin.
      if (performance.now() >= until) throw unavailable(this.#name, new Error('had no place in time'));
      enter();
      return this.#begun(work, until);
    });
    visiting.catch(() => undefined); // who waits for it below may have left
    try {
      await inTime(Promise.race([entered, visiting]), until - performance.now(), this.#name);
    } catch (error) {
      this.#breaker.passed();
      throw error;
    }
    return visiting;
  }

  /** By hand: each promise here is one for each fetch of each request. `over` is called when it is, however it went. */
  #begun<T>(work: (withinMs: number) => Promise<T>, until: number, over: () => void = () => undefined): Promise<T> {
    const startedAt = performance.now();
    const withinMs = Math.max(0, until - startedAt);
    const slowFrom = startedAt + Math.min(SLOW_MS, withinMs * ALL);
    return inTime(begin(work, withinMs), withinMs, this.#name).then(
      (result) => {
        over();
        this.#breaker.succeeded();
        this.#tell();
        return result;
      },
      (error: unknown) => {
        over();
        if (isAway(error) && performance.now() >= slowFrom) this.#breaker.failed();
        else this.#breaker.passed();
        this.#tell();
        throw error;
      },
    );
  }

  readonly #leave = (): void => this.#places.leave();

  #tell(): void {
    if (this.#wasOpen === this.#breaker.isOpen) return;
    this.#wasOpen = this.#breaker.isOpen;
    breakerOpen.set({ subgraph: this.#name }, this.#wasOpen ? 1 : 0);
  }
}

function begin<T>(work: (withinMs: number) => Promise<T>, withinMs: number): Promise<T> {
  try {
    return work(withinMs);
  } catch (error) {
    return Promise.reject(error); // whatever it was, as it was thrown
  }
}

const isAway = (error: unknown): boolean => error instanceof Fault && error.code === 'UNAVAILABLE';

/** The guards of one gateway, made as they are needed. */
export class SubgraphGuards {
  readonly patience: Patience;
  readonly #guards = new Map<string, SubgraphGuard>();
  readonly #now: (() => number) | undefined;

  /** `now`: what breakers measure their rests by. */
  constructor(patience: Patience, now?: () => number) {
    this.patience = patience;
    this.#now = now;
  }

  of(subgraph: string): SubgraphGuard {
    let guard = this.#guards.get(subgraph);
    if (guard === undefined) {
      guard = new SubgraphGuard(subgraph, this.patience, this.#now);
      this.#guards.set(subgraph, guard);
    }
    return guard;
  }
}
