import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '@plaza/kernel/id';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CommerceUnderTest, type Payload } from './commerce-under-test.js';

/** A state comes when it comes: the test waits for it. */
const PATIENCE = { timeout: 15_000, interval: 50 };

let world: CommerceUnderTest;

beforeAll(async () => {
  // What the provider puts off stays so until a test decides it.
  world = await CommerceUnderTest.start({ testDelayMs: 3_600_000 });
});
afterAll(() => world.stop());

async function ordered(amount = 100, stock = 5): Promise<{ readonly buyer: string; readonly order: Payload; readonly variant: string }> {
  const buyer = newId();
  const { variants } = await world.sells([{ amount, stock }]);
  await world.puts(buyer, variants[0]!, 1);
  const { order } = await world.checksOut(buyer, amount);
  return { buyer, order, variant: variants[0]! };
}

const available = async (variant: string): Promise<number> => {
  const data = await world.asks(null, 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Variant { availableStock } } }', {
    of: [{ __typename: 'Variant', id: variant }],
  });
  return data._entities[0].availableStock;
};

/** The provider decides what it has put off, and says so. */
async function decide(): Promise<void> {
  await world.database.sql`UPDATE test_charge SET decided_at = now() - interval '1 day' WHERE status = 'pending'`;
  await world.database.sql`UPDATE payment SET next_step_at = now() WHERE state = 'PENDING'`;
}

describe('a payment', () => {
  it('that goes through confirms the order, takes the goods out of stock and owes the seller', async () => {
    const { buyer, order, variant } = await ordered();

    const paid = await world.pays(buyer, order.id);

    expect(paid.order).toMatchObject({ status: 'CONFIRMED', paymentStatus: 'PAID', reservedUntil: null });
    expect(paid.order.payments[0]).toEqual({
      state: 'SETTLED',
      events: ['AUTHORIZATION_REQUEST', 'AUTHORIZATION_SUCCESS', 'CHARGE_REQUEST', 'CHARGE_SUCCESS'].map((type) => ({ type })),
    });
    expect(await available(variant)).toBe(4);
    expect(await world.deposits()).toBe(0);
    expect(await world.balanced()).toBe(true);
  });

  it('under one key is made once, however often it is asked for, and answers alike', async () => {
    const { buyer, order } = await ordered();
    const idempotencyKey = newId();

    const answers = await Promise.all(Array.from({ length: 5 }, () => world.pays(buyer, order.id, 'ok', { idempotencyKey })));
    const again = await world.pays(buyer, order.id, 'ok', { idempotencyKey });

    expect(again.order).toMatchObject({ status: 'CONFIRMED', paymentStatus: 'PAID' });
    expect(again.order.payments).toHaveLength(1);
    expect(new Set(answers.map(({ __typename }) => __typename))).toEqual(new Set(['PayOrderOk']));
    expect(await world.pays(buyer, order.id, 'declined', { idempotencyKey })).toMatchObject({ __typename: 'IdempotencyConflictError' });
    expect(await world.pays(buyer, order.id)).toMatchObject({ __typename: 'ConflictError', from: 'CONFIRMED', to: 'CONFIRMED' });
  });

  it('that is declined leaves the goods held for another try', async () => {
    const { buyer, order } = await ordered();

    expect(await world.pays(buyer, order.id, 'declined')).toMatchObject({ __typename: 'PaymentDeclinedError', code: 'PAYMENT_DECLINED' });
    expect(await world.order(buyer, order.id)).toMatchObject({ status: 'OPEN', paymentStatus: 'UNPAID' });
    expect((await world.pays(buyer, order.id)).order).toMatchObject({ status: 'CONFIRMED' });
  });

  it('that is put off is pending, and goes on by itself when the provider has decided', async () => {
    const { buyer, order } = await ordered();

    const pending = await world.pays(buyer, order.id, 'later');

    expect(pending.order).toMatchObject({ status: 'OPEN', paymentStatus: 'PENDING' });
    expect(await world.pays(buyer, order.id)).toMatchObject({ __typename: 'ConflictError', from: 'PENDING' });
    await decide();
    await vi.waitFor(
      async () => expect(await world.order(buyer, order.id)).toMatchObject({ status: 'CONFIRMED', paymentStatus: 'PAID' }),
      PATIENCE,
    );
  });

  it('is told to whoever follows the order', async () => {
    const { buyer, order } = await ordered();
    const stream = await world.follow(buyer, order.id);
    if (!(Symbol.asyncIterator in stream)) throw new Error('no stream');
    const first = await stream.next();
    expect(first.value?.data).toEqual({ orderChanged: { status: 'OPEN', paymentStatus: 'UNPAID' } });

    await world.pays(buyer, order.id);

    let last: unknown;
    while (JSON.stringify(last) !== JSON.stringify({ status: 'CONFIRMED', paymentStatus: 'PAID' })) {
      last = (await stream.next()).value?.data?.['orderChanged'];
    }
    await stream.return?.();
  });

  it('is nobody else’s business', async () => {
    const { order } = await ordered();
    const stranger = newId();

    expect(await world.order(stranger, order.id)).toBeNull();
    expect(await world.pays(stranger, order.id)).toMatchObject({ __typename: 'NotFoundError', message: 'There is no such order.' });
    expect(await world.does(stranger, 'cancelOrder', 'CancelOrderInput', { orderId: order.id })).toMatchObject({
      __typename: 'NotFoundError',
    });
    expect(await world.follow(stranger, order.id)).toHaveProperty('errors');
  });
});

describe('an order that nobody pays', () => {
  it('expires, and its goods are free again', async () => {
    const { buyer, order, variant } = await ordered();
    expect(await available(variant)).toBe(4);

    world.time.offset += 16 * 60_000;

    await vi.waitFor(
      async () => expect(await world.order(buyer, order.id)).toMatchObject({ status: 'EXPIRED', reservedUntil: null }),
      PATIENCE,
    );
    expect(await available(variant)).toBe(5);
    expect(await world.pays(buyer, order.id)).toMatchObject({ __typename: 'ConflictError', from: 'EXPIRED' });
  });

  it('can be cancelled, once or twice, and not after it was paid', async () => {
    const { buyer, order, variant } = await ordered();
    const cancel = (id: string) =>
      world.does(buyer, 'cancelOrder', 'CancelOrderInput', { orderId: id }, '... on CancelOrderOk { order { status } }');

    expect((await cancel(order.id)).order).toEqual({ status: 'CANCELLED' });
    expect((await cancel(order.id)).order).toEqual({ status: 'CANCELLED' });
    expect(await available(variant)).toBe(5);
    const paid = await ordered();
    await world.pays(paid.buyer, paid.order.id);
    expect(await world.does(paid.buyer, 'cancelOrder', 'CancelOrderInput', { orderId: paid.order.id })).toMatchObject({
      __typename: 'ConflictError',
    });
  });
});

describe('a payment that comes after its hold has run out', () => {
  async function late(stock: number): Promise<{ readonly buyer: string; readonly order: Payload; readonly variant: string }> {
    const { buyer, order, variant } = await ordered(100, stock);
    await world.pays(buyer, order.id, 'later');
    // The provider takes longer than the hold lasts.
    world.time.offset += 16 * 60_000;
    await vi.waitFor(
      async () => expect(await world.order(buyer, order.id)).toMatchObject({ status: 'EXPIRED', paymentStatus: 'PENDING' }),
      PATIENCE,
    );
    return { buyer, order, variant };
  }

  it('holds the goods anew and is as good as any, while there are some', async () => {
    const { buyer, order, variant } = await late(1);

    await decide();

    await vi.waitFor(
      async () => expect(await world.order(buyer, order.id)).toMatchObject({ status: 'CONFIRMED', paymentStatus: 'PAID' }),
      PATIENCE,
    );
    expect(await available(variant)).toBe(0);
  });

  it('is set free by itself when somebody else has bought them', async () => {
    const { buyer, order, variant } = await late(1);
    const faster = newId();
    await world.puts(faster, variant, 1);
    const other = await world.checksOut(faster, 100);
    await world.pays(faster, other.order.id);

    await decide();

    await vi.waitFor(async () => expect((await world.order(buyer, order.id)).payments[0].state).toBe('CANCELLED'), PATIENCE);
    expect(await world.order(buyer, order.id)).toMatchObject({ status: 'EXPIRED', paymentStatus: 'UNPAID' });
    expect(await world.deposits()).toBe(0);
    expect(await world.balanced()).toBe(true);
  });

  it('is given back when it was taken already', async () => {
    const { buyer, order, variant } = await ordered(100, 1);
    // Killed after the provider has taken the money and before that was written down; meanwhile the hold runs out and the goods go.
    await world.pays(buyer, order.id, 'later');
    await world.database.sql`UPDATE test_charge SET status = 'captured' WHERE status = 'pending'`;
    await world.database.sql`UPDATE payment SET state = 'AUTHORIZED', next_step_at = now() + interval '1 year' WHERE state = 'PENDING'`;
    world.time.offset += 16 * 60_000;
    await vi.waitFor(async () => expect(await available(variant)).toBe(1), PATIENCE);
    const faster = newId();
    await world.puts(faster, variant, 1);
    const other = await world.checksOut(faster, 100);
    await world.pays(faster, other.order.id);

    await world.database.sql`UPDATE payment SET next_step_at = now() WHERE state = 'AUTHORIZED'`;

    await vi.waitFor(async () => expect((await world.order(buyer, order.id)).payments[0].state).toBe('REFUNDED'), PATIENCE);
    expect(await world.order(buyer, order.id)).toMatchObject({ status: 'EXPIRED', paymentStatus: 'REFUNDED' });
    expect(await world.deposits()).toBe(0);
    expect(await world.balanced()).toBe(true);
  });
});

it('every change of the books that does not add up is refused by the database', async () => {
  const { database } = world;
  await expect(
    database.transaction(async (tx) => {
      await tx.sql`INSERT INTO ledger_entry (id, posting, account, currency_code, amount) VALUES (gen_random_uuid(), 'x', 'y', 'USD', 1)`;
    }),
  ).rejects.toThrow('not balanced');
  await expect(database.sql`UPDATE stock SET reserved = on_hand + 1`).rejects.toThrow('stock_held_is_there');
  await expect(database.sql`DELETE FROM stock_move`).rejects.toThrow('append-only');
  await pause(0);
});
