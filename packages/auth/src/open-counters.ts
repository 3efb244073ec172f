import type { Logger } from '@plaza/telemetry/logger';
import type { Counters } from './counters.js';
import { MemoryCounters } from './memory-counters.js';

/** A start waits this long for a Redis that is away, and goes on without. */
const READY_WITHIN_MS = 5_000;

/** Counts with their end. */
export interface OpenCounters {
  readonly counters: Counters;
  readonly close: () => void;
}

/** Counts in Redis where `redisUrl` names one, else in this process. Without an address nothing of Redis is loaded. */
export async function openCounters(redisUrl: string | undefined, logger: Logger): Promise<OpenCounters> {
  if (redisUrl === undefined) return { counters: new MemoryCounters(), close: () => undefined };
  const { RedisCounters } = await import('./redis-counters.js');
  const counters = new RedisCounters({
    url: redisUrl,
    onChange(error) {
      if (error === null) logger.info('Redis is there again: limits hold for all processes together');
      else logger.warn({ err: error }, 'Redis is away: each process holds the limits by itself');
    },
  });
  await counters.ready(READY_WITHIN_MS);
  return { counters, close: () => counters.close() };
}
