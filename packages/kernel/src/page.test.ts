import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from './fault.js';
import { newId } from './id.js';
import { MAX_PAGE_SIZE, openCursor, pageRequest, sealCursor, toConnection, toPage } from './page.js';

const keyset = fc.record({
  at: fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }),
  id: fc.uuid(),
});

describe('a cursor', () => {
  it('opens to the position that it was made of', () => {
    fc.assert(
      fc.property(keyset, (position) => {
        expect(openCursor(sealCursor(position))).toEqual(position);
      }),
    );
  });

  it('that we did not make is refused', () => {
    const forged = (text: string) => Buffer.from(text).toString('base64url');
    const id = newId();
    const texts = [
      '',
      'x',
      forged(''),
      forged(`2026-01-01 ${id}`),
      forged(`2026-01-01T00:00:00.000Z ${id} `),
      forged(`2026-01-01T00:00:00.000Z x`),
    ];
    for (const text of [...texts, forged(`-271821-04-20T00:00:00.000Z ${id}`), `${sealCursor({ at: new Date(), id })}=`]) {
      expect(() => openCursor(text)).toThrow(Fault);
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => openCursor(text)).toThrow('malformed');
      }),
    );
  });
});

describe('a page', () => {
  it.each([-1, MAX_PAGE_SIZE + 1, 1.5, Number.NaN])('of %s things is refused', (first) => {
    expect(() => pageRequest({ first })).toThrow('first must be');
  });

  it.each([0, 1, MAX_PAGE_SIZE])('of %s things is not', (first) => {
    expect(pageRequest({ first, after: null })).toEqual({ first, after: null });
  });

  it('tells from one row more that there is more', () => {
    expect(toPage([1, 2, 3], 2)).toEqual({ items: [1, 2], hasNextPage: true });
    expect(toPage([1, 2], 2)).toEqual({ items: [1, 2], hasNextPage: false });
  });

  it('is a connection whose ends are its first and last edge', () => {
    const items = [newId(), newId()].map((id) => ({ at: new Date(), id }));
    const { edges, pageInfo } = toConnection(
      { items, hasNextPage: true },
      (item) => item,
      ({ id }) => id,
    );

    expect(edges.map(({ node }) => node)).toEqual(items.map(({ id }) => id));
    expect(pageInfo).toEqual({ startCursor: edges[0]?.cursor, endCursor: edges[1]?.cursor, hasNextPage: true, hasPreviousPage: false });
    expect(toConnection({ items: [], hasNextPage: false }, () => ({ at: new Date(), id: '' }), String).pageInfo.endCursor).toBeNull();
  });
});
