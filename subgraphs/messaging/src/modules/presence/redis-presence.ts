import { createHash } from 'node:crypto';
import type { Clock } from '@plaza/kernel/clock';
import { z } from 'zod';
import type { PassingRedis } from '../../passing-redis.js';
import {
  type Device,
  GONE_MS,
  type Heard,
  type Here,
  hereBy,
  type InProcessPresence,
  MAX_DEVICES,
  type PresenceRegistry,
} from './presence-registry.js';

/** After a day of silence the database knows when somebody was last heard of. */
const KEPT_MS = 24 * 60 * 60_000;
const HEARD = 'heard';

/**
 * One step, so that of two words at one moment both see what the other has changed. A person is a hash: `heard`, and for each device
 * `<when> <0: in use, 1: idle>`. Takes now, the device, its word (or `-`: it leaves); returns what was there before, as names and values in turn.
 */
const WORD = `
local before = redis.call('HGETALL', KEYS[1])
local now, device, word = tonumber(ARGV[1]), ARGV[2], ARGV[3]
if word == '-' then redis.call('HDEL', KEYS[1], device) else redis.call('HSET', KEYS[1], device, ARGV[1] .. ' ' .. word) end
redis.call('HSET', KEYS[1], '${HEARD}', ARGV[1])
local count, oldest, since = 0, nil, nil
for i = 1, #before, 2 do
  if before[i] ~= '${HEARD}' and before[i] ~= device then
    local at = tonumber(string.match(before[i + 1], '^%d+'))
    if now - at >= ${GONE_MS} then redis.call('HDEL', KEYS[1], before[i])
    else
      count = count + 1
      if since == nil or at < since then oldest, since = before[i], at end
    end
  end
end
if word ~= '-' and count >= ${MAX_DEVICES} then redis.call('HDEL', KEYS[1], oldest) end
redis.call('PEXPIRE', KEYS[1], ${KEPT_MS})
return { before, redis.call('HGETALL', KEYS[1]) }`;

const Pairs = z.array(z.string());
const Answer = z.tuple([Pairs, Pairs]);

/**
 * Who is here, known to all processes with the same Redis. It knows people by their ids and devices by hashes. Each word is also taken down in
 * this process: while Redis is away each process knows those who spoke to it, and the next beats (half a minute) fill a Redis that was emptied.
 */
export class RedisPresence implements PresenceRegistry {
  readonly #redis: PassingRedis;
  readonly #own: InProcessPresence;
  readonly #clock: Clock;

  constructor(redis: PassingRedis, own: InProcessPresence, clock: Clock) {
    this.#redis = redis;
    this.#own = own;
    this.#clock = clock;
  }

  async beat(userId: string, deviceId: string, isIdle: boolean): Promise<Heard> {
    const own = await this.#own.beat(userId, deviceId, isIdle);
    return (await this.#word(userId, deviceId, isIdle ? '1' : '0')) ?? own;
  }

  async leave(userId: string, deviceId: string): Promise<Heard> {
    const own = await this.#own.leave(userId, deviceId);
    return (await this.#word(userId, deviceId, '-')) ?? own;
  }

  async of(userIds: readonly string[]): Promise<readonly Here[]> {
    const now = this.#clock.now().getTime();
    const found = await this.#redis.inTime(async (client, prefix) =>
      Promise.all(userIds.map(async (userId) => client.hGetAll(keyOf(prefix, userId)))),
    );
    if (found === 'away') return this.#own.of(userIds);
    return found.map((hash) => hereIn(Object.entries(hash), now));
  }

  async #word(userId: string, deviceId: string, word: '0' | '1' | '-'): Promise<Heard | null> {
    const now = this.#clock.now().getTime();
    const device = createHash('sha256').update(deviceId).digest('base64url');
    const answer = await this.#redis.inTime(async (client, prefix) =>
      client.eval(WORD, { keys: [keyOf(prefix, userId)], arguments: [String(now), device, word] }),
    );
    if (answer === 'away') return null;
    const [before, after] = Answer.parse(answer);
    return { before: hereIn(inPairs(before), now), now: hereIn(inPairs(after), now) };
  }
}

const keyOf = (prefix: string, userId: string): string => `${prefix}presence:${userId}`;

function hereIn(pairs: readonly (readonly [string, string])[], now: number): Here {
  const heard = pairs.find(([name]) => name === HEARD)?.[1];
  const devices = pairs.filter(([name]) => name !== HEARD).map(([, word]) => deviceOf(word));
  return hereBy(devices, heard === undefined ? undefined : Number(heard), now);
}

function deviceOf(word: string): Device {
  const [at, isIdle] = word.split(' ');
  return { at: Number(at), isIdle: isIdle === '1' };
}

const inPairs = (flat: readonly string[]): [string, string][] =>
  Array.from({ length: flat.length / 2 }, (_none, i) => [flat[2 * i] ?? '', flat[2 * i + 1] ?? '']);
