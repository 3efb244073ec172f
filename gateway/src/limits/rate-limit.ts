import { isIPv6 } from 'node:net';
import { Fault } from '@plaza/kernel/fault';
import type { Counter, Counters, Taking } from '@plaza/auth/counters';
import { MemoryCounters } from '@plaza/auth/memory-counters';
import type { RateLimit } from './limits.js';

/** Where somebody stands within their limit. */
export interface Allowance {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the window is over. */
  readonly resetSeconds: number;
}

/** Counts requests of one kind of key: in this process, unless it is told where. */
export class RateLimiter {
  readonly #requests: number;
  readonly #counter: Counter | null;

  constructor(name: string, limit: RateLimit, counters: Counters = new MemoryCounters()) {
    this.#requests = limit.requests;
    this.#counter =
      limit.requests === 0 ? null : counters.counter({ name: `gateway:${name}`, points: limit.requests, seconds: limit.seconds });
  }

  /** Counts one request, or what counts as many. Null: there is no limit. */
  async take(key: string, points = 1): Promise<Allowance | null> {
    return this.#counter === null ? null : this.#allowance(await this.#counter.take(key, points));
  }

  #allowance({ allowed, remaining, resetMs }: Taking): Allowance {
    return { allowed, limit: this.#requests, remaining, resetSeconds: Math.max(1, Math.ceil(resetMs / 1000)) };
  }
}

/** Counts one request; `tell` hears where its sender stands. @throws Fault RATE_LIMITED */
export async function takeOne(limiter: RateLimiter, key: string, tell?: (allowance: Allowance) => void): Promise<void> {
  const allowance = await limiter.take(key);
  if (allowance === null) return;
  tell?.(allowance);
  if (allowance.allowed) return;
  throw new Fault('RATE_LIMITED', `Too many requests. Come again in ${allowance.resetSeconds} s.`, { retryAfter: allowance.resetSeconds });
}

/** One key for all addresses that one customer of a network provider has: an IPv6 network of 64 bits, or the address. */
export function networkOf(address: string): string {
  const v4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/iu.exec(address)?.[1];
  if (v4 !== undefined) return v4;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length) }, () => '0');
  const groups = [...before, ...zeros, ...after].slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${groups.join(':')}::/64`;
}
