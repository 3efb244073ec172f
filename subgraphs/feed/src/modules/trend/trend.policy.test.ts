import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decayed, expectedFrom, judge, surprise, type Tally, TREND_KINDS, type TrendKind } from './trend.policy.js';

const NOON = Date.parse('2026-11-01T12:00:00Z');
const HOUR = 3_600_000;
const at = (hour: number): Date => new Date(NOON + hour * HOUR);

describe('the surprise (o − e)² / e', () => {
  it.each<[o: number, before: number, score: number]>([
    [5, 0, 16],
    [5, 1, 16],
    [4, 0, 0],
    [10, 2, 32],
    [10, 10, 0],
    [10, 11, 0],
    [12, 8, 2],
    [100, 20, 320],
    [1_000, 900, 100 / 9],
    [5, 5, 0],
    [6, 5, 0.2],
  ])('of %i accounts after a day of %i is %f', (observed, before, score) => {
    expect(surprise(observed, expectedFrom(before))).toBeCloseTo(score, 12);
  });
});

describe('what is left of a score', () => {
  it.each<[kind: TrendKind, score: number, hours: number, left: number]>([
    ['HASHTAG', 16, 0, 16],
    ['HASHTAG', 16, 4, 8],
    ['HASHTAG', 16, 8, 4],
    ['HASHTAG', 16, 16, 1],
    ['HASHTAG', 16, 16.01, 0],
    ['HASHTAG', 320, 6, 113.137085],
    ['LINK', 16, 8, 8],
    ['LINK', 16, 32, 1],
    ['LINK', 16, 33, 0],
    ['PRODUCT', 32, 16, 8],
    ['USER', 32, 24, 4],
    ['POST', 16, 1, 8],
    ['POST', 16, 5, 0.5],
    ['POST', 16, 5.7, 0.307786],
    ['POST', 16, 6, 0],
    ['HASHTAG', 0.9, 0, 0],
    ['HASHTAG', 16, -3, 16],
  ])('%s with %f after %f hours is %f', (kind, score, hours, left) => {
    expect(decayed(kind, score, hours * HOUR)).toBeCloseTo(left, 6);
  });
});

/** A day of a hashtag: how many took part up to each hour and the day before it, and what it ranks by then. */
const DAY: readonly { hour: number; o: number; before: number; score: number; peakAt: number }[] = [
  { hour: 0, o: 5, before: 2, score: 4.5, peakAt: 0 },
  { hour: 1, o: 20, before: 2, score: 162, peakAt: 1 },
  { hour: 2, o: 30, before: 2, score: 392, peakAt: 2 },
  { hour: 6, o: 28, before: 4, score: 196, peakAt: 2 },
  { hour: 14, o: 30, before: 9, score: 49, peakAt: 2 },
  { hour: 26, o: 12, before: 30, score: 6.125, peakAt: 2 },
  { hour: 34, o: 3, before: 40, score: 1.53125, peakAt: 2 },
  { hour: 37, o: 0, before: 40, score: 0, peakAt: 2 },
  { hour: 50, o: 6, before: 1, score: 0, peakAt: 2 },
  // The peak is two days old: it is forgotten, and what is smaller counts.
  { hour: 50.1, o: 6, before: 1, score: 25, peakAt: 50.1 },
];

it('follows a hashtag through two days', () => {
  let peak: Tally['peak'] = null;
  for (const { hour, o, before, score, peakAt } of DAY) {
    const judged = judge({ kind: 'HASHTAG', observed: o, before, peak, bornAt: null }, at(hour));
    expect(judged?.score, `at ${hour}`).toBeCloseTo(score, 9);
    expect(judged?.peakAt, `at ${hour}`).toEqual(at(peakAt));
    if (judged !== null && judged.peakAt.getTime() === at(hour).getTime()) peak = { at: judged.peakAt, observed: o, before };
  }
});

it('lets a post decay from its making, against an expectation of one', () => {
  const post = (observed: number, hour: number) => judge({ kind: 'POST', observed, before: 50, peak: null, bornAt: at(0) }, at(hour));
  expect(post(5, 0)).toMatchObject({ score: 16, expected: 1, observed: 5 });
  expect(post(9, 2)).toMatchObject({ score: 16, peakScore: 64 });
  expect(post(4, 0)).toBeNull();
});

it('takes what was taken back out of a peak', () => {
  const tally = (peakObserved: number) => ({
    kind: 'HASHTAG' as const,
    observed: 4,
    before: 0,
    peak: { at: at(-1), observed: peakObserved, before: 0 },
    bornAt: null,
  });
  expect(judge(tally(9), at(-1))?.peakScore).toBe(64);
  expect(judge(tally(5), at(-1))?.peakScore).toBe(16);
  expect(judge(tally(4), at(-1))).toBeNull();
});

const count = fc.nat(100_000);
const kind = fc.constantFrom(...TREND_KINDS);

describe('whatever the numbers', () => {
  it('more accounts are never less of a surprise, and a busier day before never more', () => {
    fc.assert(
      fc.property(count, count, count, (o, before, more) => {
        const score = surprise(o, expectedFrom(before));
        expect(score).toBeGreaterThanOrEqual(0);
        expect(surprise(o + more, expectedFrom(before))).toBeGreaterThanOrEqual(score);
        expect(surprise(o, expectedFrom(before + more))).toBeLessThanOrEqual(score);
      }),
    );
  });

  it('a score only falls, halves with each half-life, and two waits are one', () => {
    fc.assert(
      fc.property(kind, fc.double({ min: 0, max: 1e9, noNaN: true }), fc.nat(200 * HOUR), fc.nat(200 * HOUR), (of, score, a, b) => {
        const left = decayed(of, score, a);
        expect(left).toBeLessThanOrEqual(score);
        const later = decayed(of, score, a + b);
        expect(later).toBeLessThanOrEqual(left);
        if (later > 0) expect(decayed(of, left, b)).toBeCloseTo(later, 6);
      }),
    );
  });

  it('a peak is never below what is now, nor younger than now, and what ranks never above its peak', () => {
    const hours = fc.integer({ min: -60, max: 0 });
    fc.assert(
      fc.property(kind, count, count, fc.option(fc.tuple(count, count, hours)), hours, (of, observed, before, remembered, born) => {
        const peak = remembered === null ? null : { observed: remembered[0], before: remembered[1], at: at(remembered[2]) };
        const judged = judge({ kind: of, observed, before, peak, bornAt: of === 'POST' ? at(born) : null }, at(0));
        if (judged === null) return;
        expect(judged.peakScore).toBeGreaterThanOrEqual(surprise(observed, judged.expected));
        expect(judged.score).toBeLessThanOrEqual(judged.peakScore);
        expect(judged.peakAt.getTime()).toBeLessThanOrEqual(NOON);
        expect(judged.expected).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});
