import { randomBytes } from 'node:crypto';
import { newId } from '@plaza/kernel/id';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RefreshTokens } from './refresh-tokens.js';

const tokens = new RefreshTokens(randomBytes(32));
const session = newId();
const anything = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));

describe('a refresh token', () => {
  it('says to its maker which session it is of', () => {
    expect(tokens.open(tokens.first(session).text)).toMatchObject({ sessionId: session });
  });

  it('has one successor for one key, another for another', () => {
    const token = tokens.first(session);

    expect(tokens.successor(token, 'a key').text).toBe(tokens.successor(token, 'a key').text);
    expect(tokens.successor(token, 'a key').text).not.toBe(tokens.successor(token, 'b key').text);
    expect(tokens.successor(tokens.first(session), 'a key').text).not.toBe(tokens.successor(token, 'a key').text);
  });

  it('means nothing to another installation', () => {
    expect(new RefreshTokens(randomBytes(32)).open(tokens.first(session).text)).toBeNull();
  });

  it('is spoiled by every change', () => {
    const { text } = tokens.first(session);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom('A', 'z', '_', '=', '\0', ''), (place, letter) => {
        const changed = text.slice(0, place) + letter + text.slice(place + 1);
        expect(changed === text || tokens.open(changed) === null).toBe(true);
      }),
    );
  });

  it('is nothing that anybody makes up', () => {
    fc.assert(
      fc.property(anything, (text) => {
        expect(tokens.open(text)).toBeNull();
      }),
    );
  });
});
