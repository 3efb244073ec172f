import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_CLAUSES, MAX_QUERY, parseQuery } from './query-language.js';

const clauses = (query: string) => parseQuery(query).clauses;
const codes = (query: string) => parseQuery(query).warnings.map(({ code }) => code);

describe('a query', () => {
  it('is words, each of them wanted', () => {
    expect(clauses('green tea')).toEqual([
      { kind: 'words', text: 'green', isExcluded: false },
      { kind: 'words', text: 'tea', isExcluded: false },
    ]);
  });

  it.each([
    ['"green tea"', { kind: 'phrase', text: 'green tea', isExcluded: false }],
    ['“绿茶”', { kind: 'phrase', text: '绿茶', isExcluded: false }],
    ['-"green tea"', { kind: 'phrase', text: 'green tea', isExcluded: true }],
    ['-tea', { kind: 'words', text: 'tea', isExcluded: true }],
    ['#CàPhê', { kind: 'hashtag', name: 'càphê', isExcluded: false }],
    ['-#tea', { kind: 'hashtag', name: 'tea', isExcluded: true }],
    ['@Anna', { kind: 'mention', handle: 'anna', isExcluded: false }],
    ['from:@Anna', { kind: 'from', handle: 'anna', isExcluded: false }],
    ['-from:me', { kind: 'from', handle: 'me', isExcluded: true }],
    ['has:photo', { kind: 'trait', trait: 'has:photo', isExcluded: false }],
    ['-is:sensitive', { kind: 'trait', trait: 'is:sensitive', isExcluded: true }],
    ['lang:zh-Hans', { kind: 'language', language: 'zh', isExcluded: false }],
    ['LANGUAGE：vi', { kind: 'language', language: 'vi', isExcluded: false }],
    ['before:2026-11-21', { kind: 'before', at: new Date('2026-11-21T00:00:00Z') }],
    ['after:2026-11-21', { kind: 'since', at: new Date('2026-11-22T00:00:00Z') }],
    ['after:2026-11-21T10:00Z', { kind: 'since', at: new Date('2026-11-21T10:00:00Z') }],
    ['https://example.com', { kind: 'words', text: 'https://example.com', isExcluded: false }],
    ['10:30', { kind: 'words', text: '10:30', isExcluded: false }],
    ['well-known', { kind: 'words', text: 'well-known', isExcluded: false }],
  ])('reads %s', (query, expected) => expect(clauses(query)).toEqual([expected]));

  it('says what it does not know, and looks for the words', () => {
    expect(parseQuery('color:red')).toEqual({
      clauses: [{ kind: 'words', text: 'color red', isExcluded: false }],
      warnings: [{ code: 'UNKNOWN_OPERATOR', part: 'color:red', message: 'There is no operator color:; it was read as words.' }],
    });
  });

  it.each([
    'tea has:unicorn',
    'tea is:reply',
    'tea has:poll',
    'tea before:yesterday',
    'tea before:2026-02-31',
    'tea from:',
    'tea lang:',
    'tea -before:2026-01-01',
  ])('warns of the value in %s', (query) => {
    expect(codes(query)).toEqual(['UNKNOWN_VALUE']);
    expect(clauses(query)).toHaveLength(1);
  });

  it('takes a phrase that is not closed to the end', () => {
    expect(parseQuery('"green tea')).toMatchObject({
      clauses: [{ kind: 'phrase', text: 'green tea' }],
      warnings: [{ code: 'UNCLOSED_QUOTE' }],
    });
  });

  it.each(['', '   ', '-tea', '-from:anna', '""'])('says that %j finds nothing', (query) =>
    expect(codes(query)).toContain('NOTHING_TO_FIND'),
  );

  it('is read up to a limit', () => {
    expect(codes('a'.repeat(MAX_QUERY + 1))).toContain('TOO_LONG');
    expect(parseQuery(Array.from({ length: 60 }, (_, n) => `w${n}`).join(' '))).toMatchObject({ warnings: [{ code: 'TOO_LONG' }] });
  });

  it('never throws and stays within its limits, whatever is typed', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('from:', '"', '-', '#', ' ', 'has:media', 'after:2026-01-01', '：', '“')),
        ),
        (parts) => {
          const { clauses: found, warnings } = parseQuery(parts.join(''));
          expect(found.length).toBeLessThanOrEqual(MAX_CLAUSES);
          expect(warnings.length).toBeLessThanOrEqual(MAX_QUERY);
        },
      ),
      { numRuns: 500 },
    ));

  it('reads plain words as they are, in any order of what surrounds them', () =>
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,8}$/u), { minLength: 1, maxLength: 10 }), (words) => {
        expect(clauses(words.join('  '))).toEqual(words.map((text) => ({ kind: 'words', text, isExcluded: false })));
      }),
    ));
});
