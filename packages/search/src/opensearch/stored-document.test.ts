import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IndexDocument } from '../search-index.js';
import { storedDocument, storedId, storedTerm } from './stored-document.js';

const person: IndexDocument = {
  kind: 'USER',
  id: 'u1',
  authorId: 'u1',
  isPublic: true,
  language: null,
  createdAt: new Date(0),
  traits: [],
  fields: [
    { text: '@an_b', importance: 'NAME' },
    { text: 'Đỗ An', importance: 'NAME' },
    { text: 'tea', importance: 'ASIDE' },
  ],
  names: ['an_b', 'Đỗ An'],
  label: '@an_b',
  weight: 3,
};

/** Halves of characters too. */
const anyText = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 }).map((units) => String.fromCharCode(...units));

describe('what is stored of a thing', () => {
  it('is each text as its places, with all the terms of a place, and of names their beginnings', () => {
    expect(storedDocument({ version: 1, document: person })).toMatchObject({
      name: ['an|^a|^an|@an_b|^@|^@a|^@an|^@an_|^@an_b b|^b', 'do|=đỗ|^d|^do an|^a|^an'],
      about: ['tea|^t|^te|^tea'],
      called: 'an_b',
      names: ['an_b', 'do an'],
      beginnings: ['an_b', 'b', 'do an', 'an'],
      labelLength: 5,
    });
  });

  it('of a post has no beginnings', () => {
    const document: IndexDocument = {
      ...person,
      kind: 'POST',
      fields: [{ text: '#Tea 绿茶', importance: 'TEXT' }],
      names: [],
      label: null,
    };
    expect(storedDocument({ version: 1, document })).toMatchObject({ text: ['tea|#tea 绿|_绿茶 茶'], aside: [] });
  });

  it('is nothing when it is gone', () => {
    expect(storedDocument({ version: 1, gone: { kind: 'POST', id: 'p' } })).toEqual({});
  });

  it('has a name that OpenSearch takes, a different one for each thing', () => {
    expect(storedId({ kind: 'POST', id: 'x' })).toBe('POST:x');
    const long = (n: number) => storedId({ kind: 'HASHTAG', id: '茶'.repeat(n) });
    expect(Buffer.byteLength(long(400))).toBeLessThan(512);
    expect(long(400)).not.toBe(long(401));
  });

  it('keeps places and terms apart, whatever a text says', () => {
    fc.assert(fc.property(anyText, (text) => !/[\s|]/u.test(storedTerm(text))));
    fc.assert(
      fc.property(anyText, (text) => {
        const stored = storedDocument({ version: 1, document: { ...person, fields: [{ text, importance: 'NAME' }] } });
        expect(JSON.stringify(stored)).not.toMatch(/\\ud[89a-f]/iu);
      }),
      { numRuns: 30 },
    );
  });
});
