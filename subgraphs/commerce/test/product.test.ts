import { CallClient } from '@plaza/calls/call-client';
import { existingProducts, offerProduct } from '@plaza/calls/contracts/commerce.calls';
import { newId } from '@plaza/kernel/id';
import { toTypeId } from '@plaza/kernel/type-id';
import { gatewayAt, testHost } from '@plaza/testing/subgraph-door';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommerceUnderTest } from './commerce-under-test.js';

let world: CommerceUnderTest;
let calls: CallClient;
const nobody = { viewer: null, requestId: newId() };

beforeAll(async () => {
  world = await CommerceUnderTest.start();
  calls = new CallClient('content', testHost('content', '', '').assertions, () => world.running);
});
afterAll(() => world.stop());

async function offer(stocks: readonly number[], sellerId = newId()): Promise<string> {
  const variants = stocks.map((stock, index) => ({
    sku: `s${index}`,
    title: `Size ${index}`,
    amountMinor: String(1_250 + 100 * index),
    stock,
  }));
  return (await calls.ask(offerProduct, { sellerId, shopName: 'Tea and paper', title: 'Green tea', currencyCode: 'USD', variants }, nobody))
    .productId;
}

const PRODUCTS = `query($of: [_Any!]!) { _entities(representations: $of) { ... on Product {
  id ref title inStock priceRange { min { amountMinor currencyCode formatted } max { formatted } } } } }`;

async function products(...of: readonly Record<string, string>[]): Promise<readonly unknown[]> {
  const { data } = await gatewayAt(world.running)(PRODUCTS, { of: of.map((key) => ({ __typename: 'Product', ...key })) });
  return data?.['_entities'] as readonly unknown[];
}

describe('a product', () => {
  it('shows its title, the span of its prices and whether there is any left', async () => {
    const id = toTypeId('product', await offer([0, 2]));

    expect(await products({ id })).toEqual([
      {
        id,
        ref: id,
        title: 'Green tea',
        inStock: true,
        priceRange: { min: { amountMinor: '1250', currencyCode: 'USD', formatted: '$12.50' }, max: { formatted: '$13.50' } },
      },
    ]);
  });

  it('is the same by id and by ref', async () => {
    const id = toTypeId('product', await offer([1]));
    const [byId, byRef] = await products({ id }, { ref: id });

    expect(byId).toEqual(byRef);
  });

  it('that is sold out is still there', async () => {
    expect(await products({ id: toTypeId('product', await offer([0])) })).toMatchObject([{ inStock: false }]);
  });

  it('is missing alike whether its id is unknown, malformed or another type’s', async () => {
    const unknown = newId();
    expect(await products({ id: toTypeId('product', unknown) }, { ref: 'nonsense' }, { id: toTypeId('user', unknown) })).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('counts as existing for whoever wants to tag it', async () => {
    const [there, gone] = [await offer([1]), newId()];

    expect(await calls.ask(existingProducts, { productIds: [there, gone] }, nobody)).toEqual({ productIds: [there] });
  });

  it('goes into the one shop that its seller has', async () => {
    const seller = newId();
    const ids = await Promise.all([offer([1], seller), offer([1], seller), offer([1], seller)]);

    expect((await calls.ask(existingProducts, { productIds: ids }, nobody)).productIds).toHaveLength(3);
  });
});
