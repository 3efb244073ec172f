import { newId } from '@plaza/kernel/id';
import { toTypeId } from '@plaza/kernel/type-id';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CommerceUnderTest, type Payload } from './commerce-under-test.js';

const BASIS_POINTS = 1_000;
/** A state comes when it comes: the test waits for it. */
const PATIENCE = { timeout: 15_000, interval: 50 };

let world: CommerceUnderTest;

beforeAll(async () => {
  world = await CommerceUnderTest.start({ commissionBasisPoints: BASIS_POINTS, testDelayMs: 3_600_000 });
});
afterAll(() => world.stop());

interface Sold {
  readonly buyer: string;
  readonly seller: string;
  readonly orderId: string;
  readonly part: Payload;
  readonly variants: readonly string[];
}

/** Somebody has bought so many of each of a shop's variants, which cost so much each, and paid. */
async function sold(wanted: readonly (readonly [amount: number, quantity: number])[], token = 'ok'): Promise<Sold> {
  const buyer = newId();
  const { seller, variants } = await world.sells(wanted.map(([amount]) => ({ amount, stock: 10 })));
  for (const [index, [, quantity]] of wanted.entries()) await world.puts(buyer, variants[index]!, quantity);
  const { order } = await world.checksOut(
    buyer,
    wanted.reduce((sum, [amount, quantity]) => sum + amount * quantity, 0),
  );
  const paid = await world.pays(buyer, order.id, token);
  expect(paid.order).toMatchObject({ status: 'CONFIRMED', paymentStatus: 'PAID' });
  return { buyer, seller, orderId: order.id, part: paid.order.sellerOrders[0], variants };
}

const PART = `id status fulfillmentStatus lines { id quantity shippedQuantity deliveredQuantity refundedQuantity refundedTotal { amountMinor } }`;

const sends = async (by: string, sellerOrderId: string, lines: readonly object[], more: object = {}): Promise<Payload> =>
  world.does(
    by,
    'createShipment',
    'CreateShipmentInput',
    { idempotencyKey: newId(), sellerOrderId, lines, carrier: 'VNPost', trackingCode: 'VN1', ...more },
    `... on CreateShipmentOk { shipment { id state carrier trackingCode deliveredAt lines { quantity line { id } } } sellerOrder { ${PART} } }
     ... on ConflictError { from to }`,
  );
const arrives = async (by: string, shipmentId: string): Promise<Payload> =>
  world.does(
    by,
    'markDelivered',
    'MarkDeliveredInput',
    { shipmentId },
    `... on MarkDeliveredOk { shipment { state deliveredAt } sellerOrder { ${PART} } }`,
  );
const refunds = async (by: string, sellerOrderId: string, input: object): Promise<Payload> =>
  world.does(
    by,
    'refundOrder',
    'RefundOrderInput',
    { idempotencyKey: newId(), sellerOrderId, ...input },
    `... on RefundOrderOk { refund { id state amount { amountMinor } lines { quantity amount { amountMinor } line { id } } } sellerOrder { ${PART} } }
     ... on ConflictError { from to }`,
  );
const usd = (amount: number) => ({ amount: { amountMinor: String(amount), currencyCode: 'USD' } });

/** What an account of the ledger holds. */
async function balance(account: string): Promise<number> {
  const [row] = await world.database.sql<{ sum: string }>`
    SELECT coalesce(sum(amount), 0)::text AS sum FROM ledger_entry WHERE account = ${account}`;
  return Number(row?.sum);
}
const shopOf = async (sellerOrderId: string): Promise<string> => {
  const rows = await world.database.sql<{ id: string; shopId: string }>`SELECT id, shop_id AS "shopId" FROM seller_order`;
  return rows.find(({ id }) => toTypeId('sellerorder', id) === sellerOrderId)!.shopId;
};

describe('a shipment', () => {
  it('of a part leaves the seller order PARTIALLY_SHIPPED, the rest makes it SHIPPED, and it is DELIVERED when all is there', async () => {
    const { seller, part, buyer, orderId } = await sold([
      [100, 3],
      [50, 1],
    ]);
    const [tea, pot] = part.lines;

    const first = await sends(seller, part.id, [{ orderLineId: tea.id, quantity: 2 }]);
    expect(first.sellerOrder).toMatchObject({ fulfillmentStatus: 'PARTIALLY_SHIPPED' });
    expect(first.shipment).toMatchObject({
      state: 'SHIPPED',
      carrier: 'VNPost',
      trackingCode: 'VN1',
      deliveredAt: null,
      lines: [{ quantity: 2, line: { id: tea.id } }],
    });
    const second = await sends(seller, part.id, [
      { orderLineId: tea.id, quantity: 1 },
      { orderLineId: pot.id, quantity: 1 },
    ]);
    expect(second.sellerOrder.fulfillmentStatus).toBe('SHIPPED');
    expect((await arrives(seller, first.shipment.id)).sellerOrder.fulfillmentStatus).toBe('SHIPPED');
    const there = await arrives(seller, second.shipment.id);
    expect(there.sellerOrder.fulfillmentStatus).toBe('DELIVERED');
    expect((await arrives(seller, second.shipment.id)).shipment).toEqual(there.shipment);
    expect((await world.order(buyer, orderId)).sellerOrders[0].fulfillmentStatus).toBe('DELIVERED');
  });

  it('of more than is left is refused, and one after all is sent is a conflict', async () => {
    const { seller, part } = await sold([[100, 3]]);
    const [line] = part.lines;
    const wrong = async (lines: readonly object[]) => (await sends(seller, part.id, lines)).fields?.map(({ path }) => path);

    expect(await wrong([{ orderLineId: line.id, quantity: 4 }])).toEqual(['lines.0.quantity']);
    expect(await wrong([{ orderLineId: line.id, quantity: 0 }])).toEqual(['lines.0.quantity']);
    expect(await wrong([{ orderLineId: toTypeId('orderline', newId()), quantity: 1 }])).toEqual(['lines.0.orderLineId']);
    expect(
      await wrong([
        { orderLineId: line.id, quantity: 1 },
        { orderLineId: line.id, quantity: 1 },
      ]),
    ).toEqual(['lines']);
    await sends(seller, part.id, [{ orderLineId: line.id, quantity: 3 }]);
    expect(await sends(seller, part.id, [{ orderLineId: line.id, quantity: 1 }])).toMatchObject({
      __typename: 'ConflictError',
      from: 'SHIPPED',
      to: 'SHIPPED',
    });
  });

  it('under one key is sent once, however often it is asked for', async () => {
    const { seller, part } = await sold([[100, 3]]);
    const idempotencyKey = newId();
    const lines = [{ orderLineId: part.lines[0].id, quantity: 1 }];

    const answers = await Promise.all(Array.from({ length: 5 }, () => sends(seller, part.id, lines, { idempotencyKey })));

    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.sellerOrder.lines[0].shippedQuantity).toBe(1);
    expect(await sends(seller, part.id, lines, { idempotencyKey, carrier: 'DHL' })).toMatchObject({
      __typename: 'IdempotencyConflictError',
    });
  });

  it('is the seller’s alone to make: for the buyer and for strangers there is no such seller order', async () => {
    const { part, buyer, seller } = await sold([[100, 1]]);
    const lines = [{ orderLineId: part.lines[0].id, quantity: 1 }];
    const missing = await sends(seller, toTypeId('sellerorder', newId()), lines);

    expect(missing).toMatchObject({ __typename: 'NotFoundError', message: 'There is no such seller order.' });
    expect(await sends(buyer, part.id, lines)).toEqual(missing);
    expect(await sends(newId(), part.id, lines)).toEqual(missing);
    const { shipment } = await sends(seller, part.id, lines);
    expect(await arrives(buyer, shipment.id)).toEqual(await arrives(seller, toTypeId('shipment', newId())));
  });

  it('is told to whoever follows the order', async () => {
    const { buyer, seller, part, orderId } = await sold([[100, 1]]);
    const stream = await world.follow(buyer, orderId);
    if (!(Symbol.asyncIterator in stream)) throw new Error('no stream');
    await stream.next();

    const told = stream.next();
    await sends(seller, part.id, [{ orderLineId: part.lines[0].id, quantity: 1 }]);
    expect((await told).value?.data).toBeDefined();
    const toldAgain = stream.next();
    await refunds(seller, part.id, usd(100));
    expect((await toldAgain).value?.data).toBeDefined();
    await stream.return?.();
  });
});

describe('what a shop has sold', () => {
  const asked = async (viewer: string | null, shopId: string) => {
    const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Shop { sellerOrders(first: 1) {
      edges { cursor node { id number status shippingAddress { city } commission { amountMinor } total { amountMinor } } } pageInfo { hasNextPage } } } } }`;
    return (await world.asks(viewer, query, { of: [{ __typename: 'Shop', id: toTypeId('shop', shopId) }] }))._entities[0].sellerOrders;
  };

  it('is its owner’s alone to see, the latest first, and what is not paid is not sold', async () => {
    const { seller, part, variants, buyer } = await sold([[1_000, 1]]);
    const shopId = await shopOf(part.id);
    const late = newId();
    await world.puts(late, variants[0]!, 1);
    const { order } = await world.checksOut(late, 1_000);

    expect(await asked(seller, shopId)).toMatchObject({
      edges: [{ node: { id: part.id, status: 'CONFIRMED', shippingAddress: { city: 'Ha Noi' }, commission: { amountMinor: '100' } } }],
      pageInfo: { hasNextPage: false },
    });
    expect(await sends(seller, order.sellerOrders[0].id, [{ orderLineId: part.lines[0].id, quantity: 1 }])).toMatchObject({
      __typename: 'NotFoundError',
    });
    expect(await asked(buyer, shopId)).toBeNull();
    expect(await asked(null, shopId)).toBeNull();
    await world.pays(late, order.id);
    expect(await asked(seller, shopId)).toMatchObject({ edges: [{ node: { number: order.number } }], pageInfo: { hasNextPage: true } });
  });

  it('shows a seller order to its buyer and its seller and to nobody else, and the commission to the seller alone', async () => {
    const { seller, buyer, part } = await sold([[1_000, 1]]);
    const seen = async (viewer: string | null) =>
      (
        await world.asks(
          viewer,
          `query ($of: [_Any!]!) { _entities(representations: $of) { ... on SellerOrder { id commission { amountMinor } } } }`,
          { of: [{ __typename: 'SellerOrder', id: part.id }] },
        )
      )._entities[0];

    expect(await seen(seller)).toEqual({ id: part.id, commission: { amountMinor: '100' } });
    expect(await seen(buyer)).toEqual({ id: part.id, commission: null });
    expect(await seen(newId())).toBeNull();
    expect(await seen(null)).toBeNull();
  });
});

describe('a refund', () => {
  it('of pieces gives back their price, puts them back into stock, and those that were not sent will not be', async () => {
    const { seller, buyer, part, orderId, variants } = await sold([
      [100, 3],
      [50, 1],
    ]);
    const [tea] = part.lines;

    const given = await refunds(seller, part.id, { lines: [{ orderLineId: tea.id, quantity: 1 }], restock: true, reason: 'Broken' });

    expect(given.refund).toMatchObject({
      state: 'SUCCEEDED',
      amount: { amountMinor: '100' },
      lines: [{ quantity: 1, amount: { amountMinor: '100' }, line: { id: tea.id } }],
    });
    expect(given.sellerOrder.fulfillmentStatus).toBe('UNFULFILLED');
    expect(await world.order(buyer, orderId)).toMatchObject({ status: 'CONFIRMED', paymentStatus: 'PARTIALLY_REFUNDED' });
    expect(await world.stock(variants[0]!)).toEqual([8, 0]);
    expect((await sends(seller, part.id, [{ orderLineId: tea.id, quantity: 3 }])).fields?.[0]?.path).toBe('lines.0.quantity');
    expect(await world.balanced()).toBe(true);
  });

  it('of all that was not sent takes the order back, and Plaza gives back its commission', async () => {
    const before = await balance('platform:commission');
    const { seller, buyer, part, orderId } = await sold([[333, 3]]);
    const shop = `seller:${await shopOf(part.id)}`;
    expect(await balance(shop)).toBe(-(999 - 100));
    expect((await balance('platform:commission')) - before).toBe(-100);
    const one = { lines: [{ orderLineId: part.lines[0].id, quantity: 1 }] };

    await refunds(seller, part.id, one);
    await refunds(seller, part.id, one);
    const last = await refunds(seller, part.id, one);

    expect(last.sellerOrder).toMatchObject({ status: 'CANCELLED', fulfillmentStatus: 'CANCELLED' });
    expect(await world.order(buyer, orderId)).toMatchObject({ status: 'CANCELLED', paymentStatus: 'REFUNDED' });
    expect(await balance(shop)).toBe(0);
    expect(await balance('platform:commission')).toBe(before);
    expect(await refunds(seller, part.id, one)).toMatchObject({ __typename: 'ConflictError', from: 'CANCELLED', to: 'REFUNDED' });
    expect(await sends(seller, part.id, [{ orderLineId: part.lines[0].id, quantity: 1 }])).toMatchObject({
      __typename: 'ConflictError',
      from: 'CANCELLED',
      to: 'SHIPPED',
    });
    expect(await world.balanced()).toBe(true);
  });

  it('of an amount is spread over the lines to the last unit, and what was sent stays sent', async () => {
    const { seller, buyer, part, orderId } = await sold([
      [100, 1],
      [100, 1],
      [100, 1],
    ]);
    await sends(
      seller,
      part.id,
      part.lines.map(({ id }: { readonly id: string }) => ({ orderLineId: id, quantity: 1 })),
    );

    const given = await refunds(seller, part.id, usd(100));

    expect(given.refund.lines.map((line: Payload) => Number(line['amount'].amountMinor)).toSorted()).toEqual([33, 33, 34]);
    expect((await refunds(seller, part.id, usd(201))).fields?.[0]?.path).toBe('amount.amountMinor');
    await refunds(seller, part.id, usd(200));
    expect(await world.order(buyer, orderId)).toMatchObject({
      status: 'CONFIRMED',
      paymentStatus: 'REFUNDED',
      sellerOrders: [{ fulfillmentStatus: 'SHIPPED' }],
    });
    const empty = await refunds(seller, part.id, { lines: [{ orderLineId: part.lines[0].id, quantity: 1 }] });
    expect(empty.fields?.[0]?.path).toBe('lines');
    expect(await world.balanced()).toBe(true);
  });

  it('never gives back more than was taken, however many are asked for at once', async () => {
    const { seller, buyer, part, orderId } = await sold([[100, 5]]);

    const answers = await Promise.all(Array.from({ length: 8 }, () => refunds(seller, part.id, usd(100))));

    expect(answers.filter(({ __typename }) => __typename === 'RefundOrderOk')).toHaveLength(5);
    expect(answers.filter(({ __typename }) => __typename === 'ValidationError')).toHaveLength(3);
    expect(await world.order(buyer, orderId)).toMatchObject({ paymentStatus: 'REFUNDED' });
    expect(await world.balanced()).toBe(true);
  });

  it('under one key is given once, however often it is asked for', async () => {
    const { seller, part, buyer } = await sold([[100, 5]]);
    const idempotencyKey = newId();

    const answers = await Promise.all(Array.from({ length: 5 }, () => refunds(seller, part.id, { ...usd(100), idempotencyKey })));

    expect(new Set(answers.map(({ refund }) => refund.id)).size).toBe(1);
    expect(await refunds(seller, part.id, { ...usd(200), idempotencyKey })).toMatchObject({ __typename: 'IdempotencyConflictError' });
    expect(await refunds(buyer, part.id, usd(100))).toMatchObject({
      __typename: 'NotFoundError',
      message: 'There is no such seller order.',
    });
  });

  it('that the provider puts off is pending, counts already, and goes on by itself', async () => {
    const { seller, buyer, part, orderId, variants } = await sold([[100, 2]], 'refund-later');
    const pieces = { lines: [{ orderLineId: part.lines[0].id, quantity: 2 }], restock: true };

    const given = await refunds(seller, part.id, pieces);

    expect(given.refund.state).toBe('PENDING');
    expect(await world.order(buyer, orderId)).toMatchObject({ status: 'CONFIRMED', paymentStatus: 'PAID' });
    expect((await refunds(seller, part.id, usd(1))).fields?.[0]?.path).toBe('amount.amountMinor');
    await world.database.sql`UPDATE test_refund SET decided_at = now() - interval '1 day'`;
    await world.database.sql`UPDATE refund SET next_step_at = now() WHERE state = 'PENDING'`;
    await vi.waitFor(
      async () => expect(await world.order(buyer, orderId)).toMatchObject({ status: 'CANCELLED', paymentStatus: 'REFUNDED' }),
      PATIENCE,
    );
    expect(await world.stock(variants[0]!)).toEqual([10, 0]);
    expect(await world.balanced()).toBe(true);
  });

  it('that the provider cannot give leaves everything as it was', async () => {
    const { seller, buyer, part, orderId } = await sold([[100, 2]], 'refund-fails');

    const given = await refunds(seller, part.id, { lines: [{ orderLineId: part.lines[0].id, quantity: 2 }], restock: true });

    expect(given.refund.state).toBe('FAILED');
    expect(given.sellerOrder).toMatchObject({ fulfillmentStatus: 'UNFULFILLED', lines: [{ refundedQuantity: 0 }] });
    expect(await world.order(buyer, orderId)).toMatchObject({ status: 'CONFIRMED', paymentStatus: 'PAID' });
    expect((await sends(seller, part.id, [{ orderLineId: part.lines[0].id, quantity: 2 }])).sellerOrder.fulfillmentStatus).toBe('SHIPPED');
    expect(await world.balanced()).toBe(true);
  });

  it.each([
    ['neither lines nor an amount', {}, 'lines'],
    ['both', { ...usd(1), lines: [] }, 'lines'],
    ['no line', { lines: [] }, 'lines'],
    ['nothing', usd(0), 'amount.amountMinor'],
    ['less than nothing', usd(-1), 'amount.amountMinor'],
    ['another currency', { amount: { amountMinor: '1', currencyCode: 'EUR' } }, 'amount.currencyCode'],
    ['money that goes into stock', { ...usd(1), restock: true }, 'restock'],
    ['a reason that is too long', { ...usd(1), reason: 'x'.repeat(501) }, 'reason'],
  ])('refuses %s', async (_says, input, path) => {
    const { seller, part } = await sold([[100, 1]]);
    expect((await refunds(seller, part.id, input)).fields?.[0]?.path).toBe(path);
  });
});

it('one checkout in three shops is owed to three sellers, Plaza keeps its part of each, and a refund reaches its shop alone', async () => {
  const buyer = newId();
  const shops = [];
  for (const amount of [1_005, 2_000, 15]) {
    const goods = await world.sells([{ amount, stock: 1 }]);
    await world.puts(buyer, goods.variants[0]!, 1);
    shops.push({ ...goods, amount });
  }
  const { order } = await world.checksOut(buyer, 3_020);
  const { order: paid } = await world.pays(buyer, order.id);
  const owed = async () =>
    Promise.all(paid.sellerOrders.map(async ({ id }: { readonly id: string }) => balance(`seller:${await shopOf(id)}`)));

  expect((await owed()).toSorted((one, other) => one - other)).toEqual([-(2_000 - 200), -(1_005 - 101), -(15 - 2)]);
  const [first] = paid.sellerOrders;
  const seller = shops.find(({ amount }) => String(amount) === first.total.amountMinor)!.seller;
  const before = await owed();
  await refunds(seller, first.id, { lines: [{ orderLineId: first.lines[0].id, quantity: 1 }] });

  expect(await owed()).toEqual([0, ...before.slice(1)]);
  expect(await world.order(buyer, order.id)).toMatchObject({ status: 'CONFIRMED', paymentStatus: 'PARTIALLY_REFUNDED' });
  expect(await world.deposits()).toBe(0);
  expect(await world.balanced()).toBe(true);
});
