import { randomUUID } from 'node:crypto';
import { engineTwin } from '@plaza/testing/engine-twin';
import { afterAll, describe, expect, it } from 'vitest';
import { PassingRedis } from '../../passing-redis.js';
import { handClock, presenceContract } from './presence-registry.suite.js';
import { InProcessPresence } from './presence-registry.js';
import { RedisPresence } from './redis-presence.js';

const logger = { info: () => undefined, warn: () => undefined };

presenceContract('in one process', async (clock) => {
  const registry = new InProcessPresence(clock);
  return [registry, registry];
});

engineTwin('by Redis', 'REDIS_URL', (url) => {
  const opened: PassingRedis[] = [];
  afterAll(() => opened.forEach((redis) => redis.close()));

  presenceContract('by Redis', async (clock) => {
    const prefix = `test:${randomUUID()}:`;
    const both = [new PassingRedis({ url, prefix, logger }), new PassingRedis({ url, prefix, logger })] as const;
    opened.push(...both);
    await Promise.all(both.map(async (redis) => redis.ready(50_000)));
    return [
      new RedisPresence(both[0], new InProcessPresence(clock), clock),
      new RedisPresence(both[1], new InProcessPresence(clock), clock),
    ];
  });
});

describe('who is here, by a Redis that is not there', () => {
  it('is known to the process that was told', async () => {
    const clock = handClock();
    const redis = new PassingRedis({ url: 'redis://127.0.0.1:1', logger });
    const registry = new RedisPresence(redis, new InProcessPresence(clock), clock);
    expect(await registry.beat('anna', 'phone', false)).toMatchObject({ before: { status: 'OFFLINE' }, now: { status: 'ONLINE' } });
    expect(await registry.of(['anna'])).toMatchObject([{ status: 'ONLINE' }]);
    redis.close();
  });
});
