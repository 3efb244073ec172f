import { BriefAsk } from '@plaza/kernel/brief-ask';
import { standsWithin } from '@plaza/kernel/stands-within';
import { createClient } from 'redis';
import { z } from 'zod';
import { MARKS_KEPT_MS, type WriteMarks } from './write-marks.js';

export interface RedisWriteMarksOptions {
  /** `redis://` or `rediss://`, with the password in it. */
  readonly url: string;
  /** Before each key: one for each database. */
  readonly prefix: string;
  /** A Redis that has been empty for less than this may have forgotten something. Default {@link MARKS_KEPT_MS}. */
  readonly settleMs?: number;
}

/** Who reads waits no longer, and not at all while Redis hangs: then the primary is asked. */
const ANSWER_MS = 250;

/** One step: the further of two writes stays, whichever comes last. */
const NOTE = `
local known = redis.call('GET', KEYS[1])
if not known or tonumber(known) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
else redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 1`;

/** The mark, and for how many milliseconds this Redis has been remembering. */
const LOOK = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('SET', KEYS[2], now, 'NX')
return { redis.call('GET', KEYS[1]), now - tonumber(redis.call('GET', KEYS[2])) }`;

const Look = z.tuple([z.string().nullable(), z.number()]);

/** For all processes with the same Redis. What a Redis that was emptied may have forgotten is `unknown` until it has been there long enough. */
export class RedisWriteMarks implements WriteMarks {
  readonly #client: ReturnType<typeof createClient>;
  readonly #prefix: string;
  readonly #settleMs: number;
  readonly #brief = new BriefAsk(ANSWER_MS);

  constructor({ url, prefix, settleMs = MARKS_KEPT_MS }: RedisWriteMarksOptions) {
    this.#prefix = prefix;
    this.#settleMs = settleMs;
    this.#client = createClient({ url, disableOfflineQueue: true });
    this.#client.on('error', () => undefined); // who asks meanwhile learns that it is away
    void this.#client.connect().catch(() => undefined); // it goes on trying until it is let go of
  }

  /** Resolves when Redis answers, or after `withinMs` without: it goes on trying. */
  async ready(withinMs: number): Promise<void> {
    await standsWithin(this.#client, withinMs);
  }

  async note(viewerId: string, position: number): Promise<void> {
    const noted = await this.#brief.ask(async () =>
      this.#client.eval(NOTE, { keys: [this.#keyOf(viewerId)], arguments: [String(position), String(MARKS_KEPT_MS)] }),
    );
    if (noted === null) throw new Error('Redis did not take a mark down in time');
  }

  async of(viewerId: string): Promise<number | null | 'unknown'> {
    const keys = [this.#keyOf(viewerId), `{${this.#prefix}}since`];
    const looked = await this.#brief.ask(async () => this.#client.eval(LOOK, { keys, arguments: [] }));
    if (looked === null) return 'unknown';
    const [mark, age] = Look.parse(looked);
    if (age < this.#settleMs) return 'unknown';
    return mark === null ? null : Number(mark);
  }

  close(): void {
    if (this.#client.isOpen) this.#client.destroy();
  }

  /** In one slot of a cluster with the age of its prefix. */
  #keyOf(viewerId: string): string {
    return `{${this.#prefix}}${viewerId}`;
  }
}
