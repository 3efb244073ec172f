import { newId } from '@plaza/kernel/id';
import { toTypeId } from '@plaza/kernel/type-id';
import { STRANGERS } from '@plaza/visibility/relation';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADDRESS, CommerceUnderTest } from './commerce-under-test.js';

let world: CommerceUnderTest;

beforeAll(async () => {
  world = await CommerceUnderTest.start();
});
afterAll(() => world.stop());

describe('a checkout', () => {
  it('holds the goods, splits the order by shop, empties the cart and remembers where things were seen', async () => {
    const buyer = newId();
    const tea = await world.sells([{ amount: 1_250, stock: 5 }]);
    const pots = await world.sells([{ amount: 4_000, stock: 2 }]);
    const post = newId();
    await world.puts(buyer, tea.variants[0]!, 2, toTypeId('post', post));
    await world.puts(buyer, pots.variants[0]!, 1);

    const { order } = await world.checksOut(buyer, 6_500);

    expect(order).toMatchObject({ status: 'OPEN', paymentStatus: 'UNPAID', total: { amountMinor: '6500', currencyCode: 'USD' } });
    expect(order.sellerOrders).toHaveLength(2);
    expect(order.sellerOrders[0]).toMatchObject({
      status: 'OPEN',
      fulfillmentStatus: 'UNFULFILLED',
      total: { amountMinor: '2500' },
      lines: [{ quantity: 2, variant: { sku: 's0' }, attributedPost: { ref: toTypeId('post', post) } }],
    });
    expect(await world.asks(buyer, '{ me { cart { lines { id } total { amountMinor } } orders { edges { node { id } } } } }')).toEqual({
      me: { cart: { lines: [], total: null }, orders: { edges: [{ node: { id: order.id } }] } },
    });
    expect(await world.balanced()).toBe(true);
  });

  it('is done once for one key, and refuses the key with another input', async () => {
    const buyer = newId();
    const { variants } = await world.sells([{ amount: 100, stock: 5 }]);
    await world.puts(buyer, variants[0]!, 1);
    const idempotencyKey = newId();

    const orders = await Promise.all(Array.from({ length: 5 }, () => world.checksOut(buyer, 100, { idempotencyKey })));

    expect(new Set(orders.map(({ order }) => order.id)).size).toBe(1);
    expect(await world.checksOut(buyer, 200, { idempotencyKey })).toMatchObject({ __typename: 'IdempotencyConflictError' });
  });

  it('is refused when the viewer was shown another total, and changes nothing', async () => {
    const buyer = newId();
    const { variants } = await world.sells([{ amount: 100, stock: 5 }]);
    await world.puts(buyer, variants[0]!, 3);

    expect(await world.checksOut(buyer, 299)).toMatchObject({
      __typename: 'TotalChangedError',
      expected: { amountMinor: '299' },
      actual: { amountMinor: '300', currencyCode: 'USD' },
    });
    expect(await world.checksOut(buyer, 300, {}, 'EUR')).toMatchObject({ __typename: 'TotalChangedError' });
    expect((await world.checksOut(buyer, 300)).__typename).toBe('CheckoutOk');
  });

  it('says what is left of what it cannot have, and holds none of the rest', async () => {
    const buyer = newId();
    const { variants } = await world.sells([
      { amount: 100, stock: 5 },
      { amount: 100, stock: 1 },
    ]);
    await world.puts(buyer, variants[0]!, 5);
    const { cart } = await world.puts(buyer, variants[1]!, 2);
    expect(cart.warnings).toEqual([{ code: 'NOT_ENOUGH_STOCK', lineId: cart.lines[1].id }]);

    expect(await world.checksOut(buyer, 700)).toMatchObject({
      __typename: 'OutOfStockError',
      lines: [{ lineId: cart.lines[1].id, requested: 2, available: 1 }],
    });
    await world.puts(buyer, variants[1]!, 1);
    expect((await world.checksOut(buyer, 600)).__typename).toBe('CheckoutOk');
  });

  it('does not sell what the buyer may not see', async () => {
    const blocked = newId();
    const { variants, seller } = await world.sells([{ amount: 100, stock: 5 }]);
    world.others.relations.set(`${blocked} ${seller}`, { ...STRANGERS, isBlockedBy: true });

    const hidden = await world.puts(blocked, variants[0]!, 1);

    expect(hidden).toMatchObject({ __typename: 'NotFoundError', message: 'There is no such variant.' });
    expect(await world.puts(blocked, toTypeId('variant', newId()), 1)).toEqual(hidden);
  });

  it.each([
    ['no key', { idempotencyKey: '' }, 'idempotencyKey'],
    ['an amount that is none', { expectedTotal: { amountMinor: '-1', currencyCode: 'USD' } }, 'expectedTotal.amountMinor'],
    ['a currency that is none', { expectedTotal: { amountMinor: '1', currencyCode: 'XXL' } }, 'expectedTotal.currencyCode'],
    ['no name', { shippingAddress: { ...ADDRESS, name: ' ' } }, 'shippingAddress.name'],
    ['a country that is none', { shippingAddress: { ...ADDRESS, countryCode: 'QQ' } }, 'shippingAddress.countryCode'],
    ['a shipping method that is none', { shippingMethodId: 'rocket' }, 'shippingMethodId'],
    ['an empty cart', {}, 'expectedTotal'],
  ])('is refused with %s', async (_what, input, path) => {
    expect(await world.checksOut(newId(), 100, input)).toMatchObject({ __typename: 'ValidationError', fields: [{ path }] });
  });

  it('gives the last unit to one of many', async () => {
    const { variants } = await world.sells([{ amount: 100, stock: 10 }]);
    const buyers = Array.from({ length: 40 }, () => newId());
    await Promise.all(buyers.map((buyer) => world.puts(buyer, variants[0]!, 1)));

    const kinds = (await Promise.all(buyers.map((buyer) => world.checksOut(buyer, 100)))).map(({ __typename }) => __typename);

    expect(kinds.filter((kind) => kind === 'CheckoutOk')).toHaveLength(10);
    expect(kinds.filter((kind) => kind === 'OutOfStockError')).toHaveLength(30);
    expect(await world.balanced()).toBe(true);
  });
});

describe('a cart', () => {
  it.each([-1, 1_000, 2_147_483_647])('does not take a quantity of %i', async (quantity) => {
    const { variants } = await world.sells([{ amount: 100, stock: 5 }]);
    expect(await world.puts(newId(), variants[0]!, quantity)).toMatchObject({
      __typename: 'ValidationError',
      fields: [{ path: 'quantity' }],
    });
  });

  it('is in one currency, and takes another once it is empty', async () => {
    const buyer = newId();
    const tea = await world.sells([{ amount: 100, stock: 5 }]);
    const silk = await world.sells([{ amount: 95_000, stock: 5 }], 'VND');
    await world.puts(buyer, tea.variants[0]!, 1);

    expect(await world.puts(buyer, silk.variants[0]!, 1)).toMatchObject({ __typename: 'ValidationError', fields: [{ path: 'variantId' }] });
    await world.puts(buyer, tea.variants[0]!, 0);
    expect((await world.puts(buyer, silk.variants[0]!, 1)).cart.total).toEqual({ amountMinor: '95000', currencyCode: 'VND' });
  });

  it('names no post that the viewer may not see', async () => {
    const { variants } = await world.sells([{ amount: 100, stock: 5 }]);
    const post = newId();
    world.others.hiddenPosts.add(post);

    expect(await world.puts(newId(), variants[0]!, 1, toTypeId('post', post))).toMatchObject({ fields: [{ path: 'postId' }] });
  });
});
