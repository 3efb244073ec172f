import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fingerprint } from './fingerprint.js';

const json = fc.jsonValue();

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, member]) => [key, reversed(member)] as const)
      .toReversed(),
  );
}

it('does not see the order of keys', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(fingerprint(value)).toBe(fingerprint(reversed(value)));
    }),
  );
});

it('sees every other difference', () => {
  expect(fingerprint(['a', 'b'])).not.toBe(fingerprint(['b', 'a']));
  expect(fingerprint({ a: '1' })).not.toBe(fingerprint({ a: 1 }));
  expect(fingerprint({ a: 'b' })).not.toBe(fingerprint({ b: 'a' }));
  expect(fingerprint({ a: null })).not.toBe(fingerprint({}));
  expect(fingerprint(['a,b'])).not.toBe(fingerprint(['a', 'b']));
});

it('takes a field that was not given for one that is not there', () => {
  expect(fingerprint({ a: 1, b: undefined })).toBe(fingerprint({ a: 1 }));
});
