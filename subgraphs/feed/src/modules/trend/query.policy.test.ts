import { describe, expect, it } from 'vitest';
import { countable, rankedQueries } from './query.policy.js';

describe('what is counted', () => {
  it.each<[string, string | null]>([
    ['  Phở   Bò ', 'phở bò'],
    ['Ｐｈｏ', 'pho'],
    ['今晚吃什么', '今晚吃什么'],
    ['2026', '2026'],
    ['a', null],
    ['', null],
    ['anna@example.org', null],
    ['@anna', null],
    ['from:anna secret', null],
    ['"exactly this"', null],
    ['example.com/path', null],
    ['+84 912 345 678', null],
    ['4111-1111-1111-1111', null],
    ['x'.repeat(81), null],
  ])('of %j is %j', (text, plain) => {
    expect(countable(text)).toBe(plain);
  });
});

const NOW = new Date('2026-11-02T12:00:00Z');
const day = (text: string, date: number, people: number, hoursAgo: number) => ({
  text,
  day: new Date(`2026-11-0${date}T00:00:00Z`),
  people,
  lastAt: new Date(NOW.getTime() - hoursAgo * 3_600_000),
});

it('ranks by surprise against the day before, halved every four hours since', () => {
  const days = [
    day('always', 1, 40, 13), // (40 − 1)² / 1 = 1,521, after 13 hours 159.8…
    day('always', 2, 42, 0), // (42 − 40)² / 40 = 0.1
    day('new', 2, 5, 0), // 16
    day('older', 2, 9, 8), // 64 / 4 = 16: equal, so by the alphabet
    day('fewer', 2, 4, 0),
  ];
  expect(rankedQueries(days, NOW)).toEqual([
    { text: 'always', people: 40 },
    { text: 'new', people: 5 },
    { text: 'older', people: 9 },
  ]);
});
