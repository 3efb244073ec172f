import { describe, expect, it } from 'vitest';
import { CircuitBreaker } from './circuit-breaker.js';

function breaker(options: { readonly failures?: number } = {}) {
  const clock = { now: 0 };
  return { clock, breaker: new CircuitBreaker({ failures: 3, firstRestMs: 100, longestRestMs: 300, now: () => clock.now, ...options }) };
}
const fail = (one: CircuitBreaker, times: number): void => {
  for (let n = 0; n < times; n += 1) {
    one.enter();
    one.failed();
  }
};

describe('a circuit breaker', () => {
  it('opens after so many failures one after the other, and a success between them counts anew', () => {
    const { breaker: one } = breaker();
    fail(one, 2);
    one.succeeded();
    fail(one, 2);
    expect([one.isOpen, one.enter()]).toEqual([false, true]);
    one.failed();
    expect([one.isOpen, one.enter()]).toEqual([true, false]);
  });

  it('lets one through after its rest, who closes it', () => {
    const { breaker: one, clock } = breaker();
    fail(one, 3);
    clock.now = 99;
    expect(one.enter()).toBe(false);
    clock.now = 100;
    expect([one.enter(), one.enter()]).toEqual([true, false]);
    one.succeeded();
    expect([one.isOpen, one.enter(), one.enter()]).toEqual([false, true, true]);
  });

  it('rests twice as long after each look in vain, up to its longest', () => {
    const { breaker: one, clock } = breaker();
    fail(one, 3);
    const rests = [100, 200, 300, 300].map((rest) => {
      clock.now += rest - 1;
      const early = one.enter();
      clock.now += 1;
      const inTime = one.enter();
      one.failed();
      return [early, inTime];
    });
    expect(rests).toEqual(Array.from({ length: 4 }, () => [false, true]));
  });

  it('is not kept open longer by those who were on their way', () => {
    const { breaker: one, clock } = breaker();
    fail(one, 3);
    clock.now = 60;
    one.failed();
    clock.now = 100;
    expect(one.enter()).toBe(true);
  });

  it('lets another look when the one who looked found nothing out', () => {
    const { breaker: one, clock } = breaker();
    fail(one, 3);
    clock.now = 100;
    one.enter();
    one.passed();
    expect(one.enter()).toBe(true);
  });
});
