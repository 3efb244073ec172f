import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldEmail } from './email.policy.js';
import { foldHandle } from './handle.policy.js';

describe('an e-mail address', () => {
  it.each([
    [' Anna@Example.ORG ', 'anna@example.org'],
    ['a.b+c@sub.example.org', 'a.b+c@sub.example.org'],
    ['用户@例子.广告', '用户@xn--fsqu00a.xn--4rr70v'],
    ['a@b', null],
    ['@example.org', null],
    ['a@', null],
    ['a@@example.org', null],
    ['.a@example.org', null],
    ['a..b@example.org', null],
    ['"a b"@example.org', null],
    ['a@[127.0.0.1]', null],
    ['a@127.0.0.1', null],
    ['a@-x.org', null],
    ['a@x.org, b@x.org', null],
    ['a@x.org\r\nBcc: b@x.org', null],
    [`${'a'.repeat(65)}@example.org`, null],
    [`a@${'b.'.repeat(130)}org`, null],
  ])('%j is stored as %j', (text, stored) => {
    expect(foldEmail(text)).toBe(stored);
  });

  it('stays what it is when it is folded again, and is never a handle', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (text) => {
        const stored = foldEmail(text);
        expect(stored === null || (foldEmail(stored) === stored && foldHandle(stored) === null)).toBe(true);
      }),
    );
  });
});
