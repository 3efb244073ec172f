import { CircuitBreaker } from './circuit-breaker.js';
import { within } from './in-time.js';

/** In a row without an answer, before nobody waits any more. */
const IN_VAIN = 3;

/**
 * Asks something that is good to have and nothing to wait for: no answer is null. Each waits for so long at most, and after three that waited in vain
 * nobody does for a while (0.5 to 5 s, then one looks): what hangs costs its askers no more than that. What refuses at once costs nothing and is asked again.
 */
export class BriefAsk {
  readonly #withinMs: number;
  readonly #breaker: CircuitBreaker;

  /** `now`: what rests are measured by. */
  constructor(withinMs: number, now?: () => number) {
    this.#withinMs = withinMs;
    this.#breaker = new CircuitBreaker({ failures: IN_VAIN, ...(now === undefined ? {} : { now }) });
  }

  async ask<T>(work: () => Promise<T>): Promise<T | null> {
    if (!this.#breaker.enter()) return null;
    let isLate = false;
    const answer = await within(
      work().catch(() => null),
      this.#withinMs,
      () => {
        isLate = true;
        return null;
      },
    );
    if (isLate) this.#breaker.failed();
    else this.#breaker.succeeded();
    return answer;
  }
}
