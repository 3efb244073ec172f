import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import type { Counter, Taking } from './counters.js';

/** A counter by a limiter of the library. */
export function counterBy(limiter: RateLimiterAbstract): Counter {
  return {
    async take(key, points = 1): Promise<Taking> {
      try {
        return takingOf(true, await limiter.consume(key, points));
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) return takingOf(false, refusal);
        throw refusal;
      }
    },
  };
}

const takingOf = (allowed: boolean, { remainingPoints, msBeforeNext }: RateLimiterRes): Taking => ({
  allowed,
  remaining: Math.max(0, remainingPoints),
  resetMs: Math.max(0, msBeforeNext),
});
