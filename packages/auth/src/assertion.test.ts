import { newId } from '@plaza/kernel/id';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Assertions, type Claims, lengthTogether } from './assertion.js';

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

describe('an assertion of several requests', () => {
  const body = Buffer.from('[all of them]');
  const guest: Claims = { ...claims, viewer: null, requestId: newId() };
  const sayings = [
    { by: assertions, claims, told: { deadline: 1 } },
    { by: assertions, claims: guest, told: {} },
    { by: assertions, claims, told: { deadline: 2, span: 'a1' } },
  ];
  const together = assertions.mintTogether(sayings, 'content', body);

  it('says of each who asks and until when', () => {
    expect(assertions.verifyTogether(together, 'content', body)).toEqual([
      { ...claims, deadline: 1 },
      guest,
      { ...claims, deadline: 2, span: 'a1' },
    ]);
  });

  it('says who asks once, however much they ask', () => {
    const one = (count: number): number =>
      assertions.mintTogether(
        Array.from({ length: count }, () => sayings[2] ?? never()),
        'content',
        body,
      ).length;
    const [saying = never()] = sayings;
    expect(one(9) - one(8)).toBeLessThanOrEqual(lengthTogether(saying, true));
    expect(one(1)).toBeLessThan(lengthTogether(saying, false) + 300);
  });

  it.each([
    ['for another subgraph', together, 'social', body],
    ['with another body', together, 'content', Buffer.from('[others]')],
    ['that is missing', '', 'content', body],
    ['of one request', assertions.mint(claims, 'content', body.toString()), 'content', body],
  ])('%s is refused', (_what, text, audience, sent) => {
    expect(() => assertions.verifyTogether(text, audience, sent)).toThrow('missing, expired or not for this');
  });

  it('is none of one request', () => {
    expect(() => assertions.verify(together, 'content', body.toString())).toThrow('missing, expired or not for this');
  });

  it('cannot be given other claims, places or times', () => {
    const [payload = '', signature = ''] = together.split('.');
    const said = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
    for (const lie of [
      { claims: [guest] },
      {
        told: [
          [0, 1],
          [0, null],
          [0, 2],
        ],
      },
      { expiresAt: Number.MAX_SAFE_INTEGER },
      { issuer: 'social' },
    ]) {
      const forged = Buffer.from(JSON.stringify({ ...said, ...lie })).toString('base64url');
      expect(() => assertions.verifyTogether(`${forged}.${signature}`, 'content', body)).toThrow();
    }
  });

  it('is signed by one issuer', () => {
    const others = [...sayings, { by: assertions, claims: { ...claims, issuer: 'social' }, told: {} }];
    expect(() => assertions.mintTogether(others, 'content', body)).toThrow('One issuer');
  });

  it('lives for thirty seconds', () => {
    vi.useFakeTimers({ now: Date.now() });
    const young = assertions.mintTogether(sayings, 'content', body);
    vi.advanceTimersByTime(32_000);
    expect(() => assertions.verifyTogether(young, 'content', body)).toThrow();
  });
});

function never(): never {
  throw new Error('There is one.');
}
