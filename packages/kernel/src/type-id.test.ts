import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId } from './id.js';
import { fromTypeId, toTypeId, typeIdPrefix } from './type-id.js';

const uuid = fc.uuid();
const prefix = fc.constantFrom('user', 'post', 'comment', 'viewer');

describe('a TypeID', () => {
  it('gives back the UUID that it was made of', () => {
    fc.assert(
      fc.property(prefix, uuid, (type, id) => {
        expect(fromTypeId(type, toTypeId(type, id))).toBe(id);
      }),
    );
  });

  it('says its type', () => {
    expect(typeIdPrefix(toTypeId('post', newId()))).toBe('post');
    expect(typeIdPrefix('post')).toBeNull();
    expect(typeIdPrefix('_post')).toBeNull();
  });

  it('of another type is no id', () => {
    fc.assert(
      fc.property(prefix, prefix, uuid, (one, other, id) => {
        fc.pre(one !== other);
        expect(fromTypeId(other, toTypeId(one, id))).toBeNull();
      }),
    );
  });

  it('has one spelling', () => {
    const id = toTypeId('post', newId());
    expect(fromTypeId('post', id.toUpperCase())).toBeNull();
    expect(fromTypeId('post', `post_${id.slice(5).toUpperCase()}`)).toBeNull();
    expect(fromTypeId('post', `post_8${id.slice(6)}`)).toBeNull();
    expect(fromTypeId('post', ` ${id}`)).toBeNull();
    expect(fromTypeId('post', `${id}0`)).toBeNull();
  });

  it('that is read is written as it was, whatever it is made of', () => {
    const character = fc.constantFrom(...'0123456789abcdefghijklmnopqrstuvwxyzABCXYZILOU_-é€');
    fc.assert(
      fc.property(
        fc.constantFrom(...'0123456789abz'),
        fc.array(character, { minLength: 25, maxLength: 25 }),
        uuid,
        fc.nat(26),
        (first, rest, id, from) => {
          // A good beginning, and then whatever there is.
          const text = `post_${(toTypeId('post', id).slice(5, 5 + from) + first + rest.join('')).slice(0, 26)}`;
          const read = fromTypeId('post', text);
          expect(read === null ? null : toTypeId('post', read)).toBe(read === null ? null : text);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('that is malformed is a missing one, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(fromTypeId('post', text)).toBeNull();
      }),
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        expect(fromTypeId('post', `post_${text}`)).toBeNull();
      }),
    );
  });

  it('with one character changed is another thing or none, never the same', () => {
    fc.assert(
      fc.property(uuid, fc.nat(25), fc.constantFrom(...'0123456789abcdefghjkmnpqrstvwxyz'), (id, at, character) => {
        const text = toTypeId('post', id);
        const changed = `post_${text.slice(5, 5 + at)}${character}${text.slice(6 + at)}`;
        fc.pre(changed !== text);
        expect(fromTypeId('post', changed)).not.toBe(id);
      }),
    );
  });

  it('sorts by the time of its making', () => {
    const ids = Array.from({ length: 50 }, () => toTypeId('post', newId()));
    expect(ids.toSorted()).toEqual(ids);
  });
});
