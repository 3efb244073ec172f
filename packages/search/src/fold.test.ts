import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caseFolded, folded, withoutPlural } from './fold.js';

describe('folding', () => {
  it.each([
    ['Phở', 'pho'],
    ['Đà Nẵng', 'da nang'],
    ['ĐƯỜNG', 'duong'],
    ['Cafe\u0301', 'cafe'],
    ['ＡＢＣ１２３', 'abc123'],
    ['Straße', 'strasse'],
    ['Łódź', 'lodz'],
    ['が', 'が'],
    ['ｶﾞ', 'ガ'],
    ['ไทย น้ำ', 'ไทย น้ํา'],
    ['й', 'й'],
    ['ёлка', 'елка'],
    ['ΟΔΟΣ', 'οδοσ'],
  ])('makes %s into %s', (text, expected) => expect(folded(text)).toBe(expected));

  it('keeps accents when only case is folded', () => expect(caseFolded('PHỞ Đặc')).toBe('phở đặc'));

  it('changes nothing the second time', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(folded(folded(text))).toBe(folded(text));
        expect(caseFolded(caseFolded(text))).toBe(caseFolded(text));
        expect(folded(text.normalize('NFD'))).toBe(folded(text.normalize('NFC')));
      }),
    ));

  it.each([
    ['shoes', 'shoe'],
    ['stories', 'story'],
    ['ties', 'tie'],
    ['glass', 'glass'],
    ['bus', 'bus'],
    ['gas', 'gas'],
    ['photos', 'photo'],
  ])('takes the plural from %s: %s', (word, expected) => expect(withoutPlural(word)).toBe(expected));
});
