import { describe, expect, it } from 'vitest';
import { COMMON_PASSWORDS } from './common-passwords.js';
import { MAX_PASSWORD, MIN_PASSWORD, passwordFlaw } from './password.policy.js';

describe('a new password', () => {
  it.each([
    ['correct horse battery', true],
    ['Mật khẩu dài', true],
    ['🔑🔑🔒🔒🗝🗝🚪🚪', true],
    ['1234567', false],
    ['🔑🔑🔑', false],
    ['x'.repeat(MAX_PASSWORD + 1), false],
    ['ab'.repeat(MAX_PASSWORD / 2), true],
    ['zzzzzzzzzz', false],
    ['QWERTYuiop', false],
    ['Anna@Example.org', false],
  ])('%j: good is %s', (password, isGood) => {
    expect(passwordFlaw(password, ['anna', 'anna@example.org']) === null).toBe(isGood);
  });

  it('is refused without being read when it is a book', () => {
    expect(passwordFlaw('ﷺ'.repeat(5_000_000), [])).not.toBeNull();
  });

  it('is none of the common ones, which are kept only as far as the length rule does not say it already', () => {
    expect([...COMMON_PASSWORDS].every((password) => password.length >= MIN_PASSWORD || [...password].length < MIN_PASSWORD)).toBe(true);
    expect([...COMMON_PASSWORDS].every((password) => passwordFlaw(password.toUpperCase(), []) !== null)).toBe(true);
  });
});
