import { randomUUID } from 'node:crypto';
import { engineTwin } from '@plaza/testing/engine-twin';
import { afterAll, describe, expect, it } from 'vitest';
import { countersContract } from './counters.suite.js';
import { MemoryCounters } from './memory-counters.js';
import { RedisCounters } from './redis-counters.js';

countersContract('one process', async () => {
  const counters = new MemoryCounters();
  return [counters, counters];
});

engineTwin('by Redis', 'REDIS_URL', (url) => {
  const opened: RedisCounters[] = [];
  afterAll(() => opened.forEach((counters) => counters.close()));

  countersContract('Redis', async () => {
    const prefix = `test:${randomUUID()}:`;
    const both = [new RedisCounters({ url, prefix }), new RedisCounters({ url, prefix })] as const;
    opened.push(...both);
    await Promise.all(both.map(async (counters) => counters.ready(50_000)));
    return both;
  });
});

describe('counts in a Redis that is not there', () => {
  it('are those of this process, with the same limits', async () => {
    const counters = new RedisCounters({ url: 'redis://127.0.0.1:1' });
    const counter = counters.counter({ name: 'login', points: 2, seconds: 3_600 });
    const takings = [await counter.take('anna'), await counter.take('anna'), await counter.take('anna')];
    expect(takings.map(({ allowed }) => allowed)).toEqual([true, true, false]);
    counters.close();
  });
});
