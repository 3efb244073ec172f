import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Counter, CounterRule, Counters } from './counters.js';
import { counterBy } from './taking.js';

/** Counts of this process; they go with it. */
export class MemoryCounters implements Counters {
  readonly #byName = new Map<string, Counter>();

  counter({ name, points, seconds }: CounterRule): Counter {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const counter = counterBy(new RateLimiterMemory({ keyPrefix: name, points, duration: seconds }));
    this.#byName.set(name, counter);
    return counter;
  }
}
