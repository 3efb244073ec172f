import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LikePace } from './like-pace.js';

/**
 * Likes that come at given times, read as logStream reads a log. Returns when each of those that were told was told.
 */
function told(times: readonly number[]): readonly { readonly like: number; readonly at: number }[] {
  let now = 0;
  const pace = new LikePace(() => now);
  const result: { like: number; at: number }[] = [];
  let next = 0;
  while (next < times.length) {
    now = Math.max(now, times[next] ?? 0);
    const newest = times.findLastIndex((at) => at <= now);
    const when = pace.of({ isOvertaken: next < newest });
    if (typeof when === 'object') {
      now += when.inMs;
      continue;
    }
    if (when === 'now') result.push({ like: next, at: now });
    next += 1;
  }
  return result;
}

describe('likes', () => {
  it('are told at once and one by one while there are few', () => {
    expect(told([0, 0, 0, 0])).toEqual([0, 1, 2, 3].map((like) => ({ like, at: 0 })));
    expect(told([0, 300, 600, 900, 1_200])).toEqual([0, 300, 600, 900, 1_200].map((at, like) => ({ like, at })));
  });

  it('of a crowd are told four times a second, evenly, the newest each time', () => {
    const times = told(Array.from({ length: 5_000 }, (_, n) => n));
    expect(times.length).toBeLessThanOrEqual(4 * 6);
    expect(times.at(-1)?.like).toBe(4_999);
    expect(times.slice(4).every(({ at }, index) => at - (times[index + 3]?.at ?? 0) >= 250)).toBe(true);
  });

  it('are at most four in any second, in order, and the last one always comes within a second', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(400), { minLength: 1, maxLength: 200 }), (gaps) => {
        let at = 0;
        const times = gaps.map((gap) => (at += gap));
        const seen = told(times);
        seen.forEach(({ at: moment }, index) =>
          expect(seen.filter((one, other) => other >= index && one.at < moment + 1_000).length).toBeLessThanOrEqual(4),
        );
        expect(seen.map(({ like }) => like)).toEqual(seen.map(({ like }) => like).toSorted((a, b) => a - b));
        expect(seen.at(-1)?.like).toBe(times.length - 1);
        expect((seen.at(-1)?.at ?? Infinity) - (times.at(-1) ?? 0)).toBeLessThanOrEqual(1_000);
      }),
    );
  });
});
