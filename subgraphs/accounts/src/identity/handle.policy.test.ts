import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldHandle, foldMention, isReserved } from './handle.policy.js';

const STORED = /^[a-z0-9_]{3,30}$/u;
/** Any UTF-16 code units, halves of characters too. */
const anything = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 }).map((units) => String.fromCharCode(...units));
const handleLetters = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_');

describe('a handle', () => {
  it.each([
    ['anna', 'anna'],
    ['Anna_42', 'anna_42'],
    ['___', '___'],
    ['ab', null],
    ['a'.repeat(31), null],
    ['a-b-c', null],
    ['chữ_việt', null],
    ['张伟张伟', null],
    ['\u212Aelvin', null],
    ['İstanbul', null],
    ['anna\n', null],
    ['', null],
  ])('%j is stored as %j', (text, stored) => {
    expect(foldHandle(text)).toBe(stored);
  });

  it('is all that can be made of 3 to 30 letters, digits and underscores', () => {
    fc.assert(
      fc.property(fc.string({ unit: handleLetters, minLength: 3, maxLength: 30 }), (text) => {
        expect(foldHandle(text)).toBe(text.toLowerCase());
      }),
    );
  });

  it('is nothing else, whatever is typed', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const stored = foldHandle(text);
        expect(stored === null || (STORED.test(stored) && foldHandle(stored) === stored && text.length === stored.length)).toBe(true);
      }),
    );
  });

  it('may be written with an @ before it', () => {
    expect(foldMention('@Anna')).toBe('anna');
    expect(foldMention('@@anna')).toBeNull();
  });

  it('is not one of those that look like Plaza itself', () => {
    expect(['admin', 'plaza', 'support', 'graphql'].every(isReserved)).toBe(true);
    expect(isReserved('anna')).toBe(false);
  });
});
