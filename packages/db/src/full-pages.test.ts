import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fullPages } from './full-pages.js';

interface Item {
  readonly ownerId: string;
  readonly at: number;
  readonly isHidden: boolean;
}

/** Reads lists that lie in memory, ordered by `at`. */
function shelf(items: readonly Item[]) {
  let reads = 0;
  return {
    get reads() {
      return reads;
    },
    page: (ownerIds: readonly string[], first: number, after: number | null) =>
      fullPages<Item, number>(
        ownerIds,
        { first, after },
        {
          read: async (asks, limit) => {
            reads += 1;
            return asks.flatMap(({ ownerId, after: from }) =>
              items.filter((item) => item.ownerId === ownerId && item.at > (from ?? -1)).slice(0, limit),
            );
          },
          ownerOf: ({ ownerId }) => ownerId,
          positionOf: ({ at }) => at,
          keep: async (rows) => rows.filter(({ isHidden }) => !isHidden),
        },
      ),
  };
}

describe('full pages', () => {
  it('give every visible item once, in order, whatever is hidden and however large the page', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 300 }), fc.integer({ min: 1, max: 100 }), async (hidden, first) => {
        const items = hidden.map((isHidden, at) => ({ ownerId: 'a', at, isHidden }));
        const { page } = shelf(items);
        const found: number[] = [];
        let after: number | null = null;
        for (;;) {
          const [one]: Awaited<ReturnType<typeof page>> = await page(['a'], first, after);
          if (one === undefined) throw new Error('one owner has one page');
          found.push(...one.items.map(({ at }) => at));
          if (!one.hasNextPage) break;
          expect(one.items).toHaveLength(first);
          after = one.end;
        }
        expect(found).toEqual(items.filter(({ isHidden }) => !isHidden).map(({ at }) => at));
      }),
    );
  });

  it('take one read where few are hidden, for any number of owners', async () => {
    const owners = Array.from({ length: 100 }, (_, index) => `owner ${index}`);
    const one = shelf(owners.flatMap((ownerId) => Array.from({ length: 30 }, (_, at) => ({ ownerId, at, isHidden: at % 8 === 0 }))));
    const pages = await one.page(owners, 10, null);
    expect(pages.every(({ items, hasNextPage }) => items.length === 10 && hasNextPage)).toBe(true);
    expect(one.reads).toBe(1);
  });

  it('stop after some rounds and say where to go on', async () => {
    const items = Array.from({ length: 5_000 }, (_, at) => ({ ownerId: 'a', at, isHidden: at < 4_990 }));
    const { page } = shelf(items);
    const [empty] = await page(['a'], 10, null);
    expect(empty).toMatchObject({ items: [], hasNextPage: true });
    expect(empty?.end).toBeGreaterThan(1_000);
  });
});
