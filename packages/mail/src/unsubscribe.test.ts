import { randomBytes } from 'node:crypto';
import { newId } from '@plaza/kernel/id';
import { describe, expect, it } from 'vitest';
import { UnsubscribeTokens, unsubscribeHeaders } from './unsubscribe.js';

const secret = randomBytes(32);
const tokens = new UnsubscribeTokens(secret);
const whom = { userId: newId(), list: 'digest' };

describe('a token to unsubscribe', () => {
  it('says who and what, to us alone', () => {
    const token = tokens.seal(whom);
    expect(tokens.open(token)).toEqual(whom);
    expect(new UnsubscribeTokens(secret).open(token)).toEqual(whom);
    expect(new UnsubscribeTokens(randomBytes(32)).open(token)).toBeNull();
    const bytes = Buffer.from(token, 'base64url');
    expect(bytes.toString('latin1')).not.toContain('digest');
    expect(bytes.toString('latin1')).not.toContain(whom.userId);
  });

  it('looks different each time', () => {
    expect(tokens.seal(whom)).not.toBe(tokens.seal(whom));
  });

  it('is none when a single bit of it was changed, or it is cut', () => {
    const bytes = Buffer.from(tokens.seal(whom), 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(tokens.open(changed.toString('base64url'))).toBeNull();
      expect(tokens.open(bytes.subarray(0, at).toString('base64url'))).toBeNull();
    }
    for (const nonsense of ['', 'x', '\0', 'ä'.repeat(100)]) expect(tokens.open(nonsense)).toBeNull();
  });

  it('stands in the headers that mail programs make a button of', () => {
    expect(unsubscribeHeaders('https://plaza.test/u?t=x')).toEqual({
      'List-Unsubscribe': '<https://plaza.test/u?t=x>',
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    });
  });
});
