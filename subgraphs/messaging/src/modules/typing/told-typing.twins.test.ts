import { randomUUID } from 'node:crypto';
import { engineTwin } from '@plaza/testing/engine-twin';
import { afterAll, describe, expect, it } from 'vitest';
import { PassingRedis } from '../../passing-redis.js';
import { RedisToldTyping } from './redis-told-typing.js';
import { InProcessToldTyping, type ToldTyping } from './told-typing.js';

const logger = { info: () => undefined, warn: () => undefined };

function toldTypingContract(title: string, open: () => Promise<readonly [ToldTyping, ToldTyping]>): void {
  describe(`who writes, ${title}`, () => {
    it('is news whenever it changes, whichever process hears of it', async () => {
      const [here, there] = await open();
      const [talk, anna, binh] = [randomUUID(), randomUUID(), randomUUID()];
      expect(await here.isNews(talk, anna, true)).toBe(true);
      expect(await there.isNews(talk, anna, false)).toBe(true);
      expect(await here.isNews(talk, anna, true)).toBe(true);
      expect(await there.isNews(talk, binh, true)).toBe(true);
      expect(await there.isNews(randomUUID(), anna, true)).toBe(true);
    });
  });
}

toldTypingContract('in one process', async () => {
  const told = new InProcessToldTyping();
  return [told, told];
});

engineTwin('by Redis', 'REDIS_URL', (url) => {
  const opened: PassingRedis[] = [];
  afterAll(() => opened.forEach((redis) => redis.close()));

  toldTypingContract('by Redis', async () => {
    const prefix = `test:${randomUUID()}:`;
    const both = [new PassingRedis({ url, prefix, logger }), new PassingRedis({ url, prefix, logger })] as const;
    opened.push(...both);
    await Promise.all(both.map(async (redis) => redis.ready(50_000)));
    return [new RedisToldTyping(both[0]), new RedisToldTyping(both[1])];
  });
});
