import { PlanTooLargeError } from '@plaza/federation-engine/plan/planner';
import type { RateLimit } from '../../limits/limits.js';
import { RateLimiter, takeOne } from '../../limits/rate-limit.js';

/** An operation that no plan is made for has cost as much as so many others. */
const DEAR = 30;

/** How many operations that nobody has planned yet a client may bring: planning is the dearest work of the gateway. */
export class NewPlans {
  readonly #limiter: RateLimiter;

  constructor(limit: RateLimit = { requests: 0, seconds: 60 }) {
    this.#limiter = new RateLimiter('plan', limit);
  }

  /** @throws Fault RATE_LIMITED; whatever the work throws */
  async charge<T>(client: string, work: () => Promise<T>): Promise<T> {
    await takeOne(this.#limiter, client);
    try {
      return await work();
    } catch (error) {
      if (error instanceof PlanTooLargeError) await this.#limiter.take(client, DEAR - 1);
      throw error;
    }
  }
}
