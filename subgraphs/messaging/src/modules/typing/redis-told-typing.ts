import type { PassingRedis } from '../../passing-redis.js';
import { EVERY_MS, InProcessToldTyping, type ToldTyping } from './told-typing.js';

/** For all processes with the same Redis: one step sets what is told and says what was. While Redis is away each process goes by itself. */
export class RedisToldTyping implements ToldTyping {
  readonly #redis: PassingRedis;
  readonly #own = new InProcessToldTyping();

  constructor(redis: PassingRedis) {
    this.#redis = redis;
  }

  async isNews(conversationId: string, userId: string, isTyping: boolean): Promise<boolean> {
    const word = isTyping ? '1' : '0';
    const before = await this.#redis.inTime((client, prefix) =>
      client.set(`${prefix}typing:${conversationId}:${userId}`, word, { expiration: { type: 'PX', value: EVERY_MS }, GET: true }),
    );
    return before === 'away' ? this.#own.isNews(conversationId, userId, isTyping) : before !== word;
  }
}
