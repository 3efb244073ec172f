import { createHash } from 'node:crypto';
import { BriefAsk } from '@plaza/kernel/brief-ask';
import { standsWithin } from '@plaza/kernel/stands-within';
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import { createClient } from 'redis';
import type { Counter, CounterRule, Counters } from './counters.js';
import { counterBy } from './taking.js';

export interface RedisCountersOptions {
  /** `redis://` or `rediss://`, with the password in it. */
  readonly url: string;
  /** Before each key, so that others may use the same Redis. */
  readonly prefix?: string;
  /** Told when Redis goes (the error) and when it is there again (null). */
  readonly onChange?: (error: Error | null) => void;
}

/** A request waits no longer for its count, and not at all while Redis hangs; then this process counts by itself. */
const ANSWER_MS = 250;

/**
 * Counts of all processes that have the same Redis: each taking is one script on one key, so that two at one moment cannot both have the last
 * point, and the keys of a cluster's slots never meet. While Redis is away each process counts by itself, from nothing, with the same limits:
 * nobody is locked out, and nobody has more than the limit at each process.
 */
export class RedisCounters implements Counters {
  readonly #client: ReturnType<typeof createClient>;
  readonly #prefix: string;
  readonly #brief = new BriefAsk(ANSWER_MS);

  constructor({ url, prefix = 'plaza:limit:', onChange = () => undefined }: RedisCountersOptions) {
    this.#prefix = prefix;
    this.#client = createClient({ url, disableOfflineQueue: true });
    let isAway = false;
    this.#client.on('error', (error: Error) => {
      if (!isAway) onChange(error);
      isAway = true;
    });
    this.#client.on('ready', () => {
      if (isAway) onChange(null);
      isAway = false;
    });
    void this.#client.connect().catch(() => undefined); // it goes on trying until it is let go of
  }

  /** Resolves when Redis answers, or after `withinMs` without: it goes on trying. */
  async ready(withinMs: number): Promise<void> {
    await standsWithin(this.#client, withinMs);
  }

  counter({ name, points, seconds }: CounterRule): Counter {
    const rule = { points, duration: seconds };
    const keyPrefix = `${this.#prefix}${name}`;
    const redis = { storeClient: this.#client, useRedisPackage: true, rejectIfRedisNotReady: true };
    const shared = counterBy(new RateLimiterRedis({ ...rule, ...redis, keyPrefix }));
    const brief = this.#brief;
    const own = counterBy(new RateLimiterMemory({ ...rule, keyPrefix: name }));
    return {
      async take(key, taken) {
        // Hashed: addresses and what was typed do not lie in Redis as they are, and no key is long.
        const hashed = createHash('sha256').update(key).digest('base64url');
        return (await brief.ask(async () => shared.take(hashed, taken))) ?? own.take(hashed, taken);
      },
    };
  }

  /** Lets go at once. */
  close(): void {
    if (this.#client.isOpen) this.#client.destroy();
  }
}
