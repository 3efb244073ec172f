import { describe, expect, it } from 'vitest';
import { isBusy } from './busy.js';

const coded = (code: string): Error => Object.assign(new Error('x'), { code });

describe('a database that cannot be had in time', () => {
  it.each([
    ['a pool without a free connection', new Error('timeout exceeded when trying to connect')],
    ['a server without a free connection', coded('53300')],
    ['a server whose disk is full', coded('53100')],
    ['a statement that took too long', coded('57014')],
    ['a server that goes down', coded('57P01')],
    ['a server that is down', coded('ECONNREFUSED')],
    ['one of them behind another error', new Error('query failed', { cause: coded('57P03') })],
    ['one of them as Prisma tells it', new Error('query failed', { cause: { originalCode: '57014' } })],
  ])('is seen in %s', (_what, error) => {
    expect(isBusy(error)).toBe(true);
  });

  it.each([
    ['a broken rule', coded('23505')],
    ['a bug', new TypeError('undefined is not a function')],
    ['no error', 'timeout exceeded when trying to connect'],
  ])('is not seen in %s', (_what, error) => {
    expect(isBusy(error)).toBe(false);
  });

  it('ends where causes go in a circle', () => {
    const error = new Error('x');
    error.cause = error;
    expect(isBusy(error)).toBe(false);
  });
});
