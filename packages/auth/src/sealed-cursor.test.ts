import { newId } from '@plaza/kernel/id';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SealedCursors } from './sealed-cursor.js';

const cursors = new SealedCursors(Buffer.alloc(32, 1));
const viewer = newId();

describe('a sealed cursor', () => {
  it('opens to its position, for its stream and viewer', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (position) => {
        const plain: unknown = JSON.parse(JSON.stringify(position));
        expect(cursors.open('inbox', viewer, cursors.seal('inbox', viewer, position))).toEqual(plain);
      }),
    );
  });

  it('opens for nobody and nothing else', () => {
    const cursor = cursors.seal('inbox', viewer, { seq: 1 });
    expect(cursors.open('inbox', newId(), cursor)).toBeNull();
    expect(cursors.open('inbox', null, cursor)).toBeNull();
    expect(cursors.open('home', viewer, cursor)).toBeNull();
    expect(new SealedCursors(Buffer.alloc(32, 2)).open('inbox', viewer, cursor)).toBeNull();
  });

  it('tells nothing: the same position never looks the same', () => {
    expect(cursors.seal('inbox', viewer, { seq: 1 })).not.toBe(cursors.seal('inbox', viewer, { seq: 1 }));
  });

  it('that is cut short, changed or made up is none', () => {
    const bytes = Buffer.from(cursors.seal('inbox', viewer, { seq: 1 }), 'base64url');
    for (let length = 0; length < bytes.length; length += 1) {
      expect(cursors.open('inbox', viewer, bytes.subarray(0, length).toString('base64url'))).toBeNull();
    }
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(cursors.open('inbox', viewer, changed.toString('base64url'))).toBeNull();
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(cursors.open('inbox', viewer, text)).toBeNull();
      }),
    );
  });
});
