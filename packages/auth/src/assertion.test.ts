import { newId } from '@plaza/kernel/id';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Assertions, type Claims } from './assertion.js';

const assertions = new Assertions(Buffer.alloc(32, 1));
const claims: Claims = {
  viewer: { id: newId(), sessionId: newId(), epoch: 3, scopes: ['read'] },
  issuer: 'gateway',
  requestId: newId(),
  address: '203.0.113.7',
  userAgent: 'test',
};
const assertion = assertions.mint(claims, 'content', 'the body');

afterEach(() => vi.useRealTimers());

describe('an assertion', () => {
  it('says who asks, to whom it was meant', () => {
    expect(assertions.verify(assertion, 'content', 'the body')).toMatchObject(claims);
  });

  it.each([
    ['for another subgraph', assertion, 'social', 'the body'],
    ['with another body', assertion, 'content', 'another body'],
    ['that is missing', '', 'content', 'the body'],
    ['that is nonsense', 'a.b.c', 'content', 'the body'],
    ['without its signature', assertion.split('.')[0] ?? '', 'content', 'the body'],
  ])('%s is refused', (_what, text, audience, body) => {
    expect(() => assertions.verify(text, audience, body)).toThrow('missing, expired or not for this');
  });

  it('of another installation is refused', () => {
    expect(() => new Assertions(Buffer.alloc(32, 2)).verify(assertion, 'content', 'the body')).toThrow();
  });

  it('cannot be given another viewer, issuer or time', () => {
    const [payload = '', signature = ''] = assertion.split('.');
    const said = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
    for (const lie of [{ viewer: null }, { issuer: 'social' }, { expiresAt: Number.MAX_SAFE_INTEGER }, { audience: 'social' }]) {
      const forged = Buffer.from(JSON.stringify({ ...said, ...lie })).toString('base64url');
      for (const audience of ['content', 'social'])
        expect(() => assertions.verify(`${forged}.${signature}`, audience, 'the body')).toThrow();
    }
  });

  // But for the last one: base64url has bits there that mean nothing.
  it('with any one character changed is refused', () => {
    fc.assert(
      fc.property(fc.nat(assertion.length - 2), fc.constantFrom(...'AZaz09-_.'), (at, character) => {
        const changed = `${assertion.slice(0, at)}${character}${assertion.slice(at + 1)}`;
        if (changed === assertion) return;
        expect(() => assertions.verify(changed, 'content', 'the body')).toThrow();
      }),
    );
  });

  it('lives for thirty seconds', () => {
    vi.useFakeTimers({ now: Date.now() });
    const young = assertions.mint(claims, 'content', 'x');
    vi.advanceTimersByTime(29_000);
    expect(assertions.verify(young, 'content', 'x')).toMatchObject(claims);
    vi.advanceTimersByTime(2_000);
    expect(() => assertions.verify(young, 'content', 'x')).toThrow();
  });
});
