import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openCommentCursor, sealCommentCursor } from './comment.cursor.js';

const sorts = ['TOP', 'NEWEST', 'OLDEST'] as const;
const position = fc.record({
  likes: fc.nat(999_999_999),
  at: fc.date({ min: new Date('2020-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
  id: fc.uuid(),
});

it('brings back the position, in its own order only', () => {
  fc.assert(
    fc.property(position, fc.constantFrom(...sorts), fc.constantFrom(...sorts), (where, sort, other) => {
      const cursor = sealCommentCursor(sort, where);
      expect(openCommentCursor(sort, cursor)).toEqual(where);
      if (other !== sort) expect(() => openCommentCursor(other, cursor)).toThrow('The cursor is malformed.');
    }),
  );
});

it('refuses whatever else comes', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => openCommentCursor('TOP', text)).toThrow('The cursor is malformed.');
    }),
  );
});
