import { inTimeOr } from '@plaza/kernel/in-time';
import { standsWithin } from '@plaza/kernel/stands-within';
import type { Logger } from '@plaza/telemetry/logger';
import { createClient } from 'redis';

type Client = ReturnType<typeof createClient>;

/** Nobody waits longer for what is known for a moment only. */
const ANSWER_MS = 250;

export interface PassingRedisOptions {
  /** `redis://` or `rediss://`, with the password in it. */
  readonly url: string;
  /** Before each key, so that others may use the same Redis. */
  readonly prefix?: string;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/** A Redis for what is not worth a database: who is here, who writes. What it does not answer at once is `away`. */
export class PassingRedis {
  readonly #client: Client;
  readonly #prefix: string;
  #isLate = false;

  constructor({ url, prefix = 'plaza:messaging:', logger }: PassingRedisOptions) {
    this.#prefix = prefix;
    this.#client = createClient({ url, disableOfflineQueue: true });
    let isAway = false;
    this.#client.on('error', (err: Error) => {
      if (!isAway) logger.warn({ err }, 'Redis is away: each process knows by itself who is here');
      isAway = true;
    });
    this.#client.on('ready', () => {
      if (isAway) logger.info('Redis is there again: processes know together who is here');
      isAway = false;
    });
    void this.#client.connect().catch(() => undefined); // it goes on trying until it is let go of
  }

  /** Resolves when Redis answers, or after `withinMs` without: it goes on trying. */
  async ready(withinMs: number): Promise<void> {
    await standsWithin(this.#client, withinMs);
  }

  /** Whether the last question had no answer, or the next would have none. */
  get isAway(): boolean {
    return this.#isLate || !this.#client.isReady;
  }

  async inTime<T>(work: (client: Client, prefix: string) => Promise<T>): Promise<T | 'away'> {
    if (!this.#client.isReady) return 'away';
    const answer = await inTimeOr('away' as const, work(this.#client, this.#prefix), ANSWER_MS);
    this.#isLate = answer === 'away';
    return answer;
  }

  /** Lets go at once. */
  close(): void {
    if (this.#client.isOpen) this.#client.destroy();
  }
}
