import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId } from '@plaza/kernel/id';
import { fromTypeId } from '@plaza/kernel/type-id';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CommerceUnderTest, type Payload } from './commerce-under-test.js';
import { StripeServer } from './stripe-server.js';

/** A state comes when it comes: the test waits for it. */
const PATIENCE = { timeout: 15_000, interval: 200 };

let stripe: StripeServer;
let world: CommerceUnderTest;
let door: Server;

beforeAll(async () => {
  stripe = await StripeServer.start();
  const { secretKey, webhookSecret } = StripeServer;
  world = await CommerceUnderTest.start({
    hasTestProvider: false,
    stripe: { apiUrl: stripe.url, secretKey, webhookSecret, returnUrl: 'https://plaza.example/orders' },
  });
  const app = express();
  if (world.running.routes !== undefined) app.use('/commerce', world.running.routes);
  door = createServer(app).listen(0, '127.0.0.1');
});
afterAll(async () => {
  door.closeAllConnections();
  door.close();
  await world.stop();
  await stripe.stop();
});

interface Attempt {
  readonly buyer: string;
  readonly seller: string;
  readonly order: Payload;
  readonly paid: Payload;
}

/** Somebody wants one for 1,000 and pays with that. */
async function paysWith(token: string): Promise<Attempt> {
  const buyer = newId();
  const { seller, variants } = await world.sells([{ amount: 1_000, stock: 1 }]);
  await world.puts(buyer, variants[0]!, 1);
  const { order } = await world.checksOut(buyer, 1_000);
  const paid = await world.pays(buyer, order.id, token, { paymentMethod: { provider: 'stripe', token } });
  return { buyer, seller, order, paid };
}

const intentOf = async (orderId: string) => {
  const [payment] = await world.database.sql<{ id: string }>`
    SELECT id FROM payment WHERE order_id = ${fromTypeId('order', orderId)} ORDER BY created_at DESC LIMIT 1`;
  const intent = stripe.intentOf(payment?.id ?? '');
  if (intent === undefined) throw new Error('Stripe knows no such payment');
  return intent;
};

async function tells({ body, signature }: { readonly body: Buffer; readonly signature: string }): Promise<number> {
  const { port } = door.address() as AddressInfo; // it listens on a port
  const headers = { 'stripe-signature': signature, 'content-type': 'application/json', connection: 'close' };
  const response = await fetch(`http://127.0.0.1:${port}/commerce/providers/stripe/notices`, {
    method: 'POST',
    headers,
    body: new Uint8Array(body),
  });
  return response.status;
}

/** Waits for a state; what is asked after later and later is asked after at once. */
const becomes = async ({ buyer, order }: Attempt, state: object): Promise<void> =>
  vi.waitFor(async () => {
    await world.database.sql`UPDATE payment SET next_step_at = now() WHERE next_step_at IS NOT NULL`;
    await world.database.sql`UPDATE refund SET next_step_at = now() WHERE next_step_at IS NOT NULL`;
    expect(await world.order(buyer, order.id)).toMatchObject(state);
  }, PATIENCE);

const refundsAll = async ({ seller, paid }: Attempt): Promise<Payload> =>
  world.does(
    seller,
    'refundOrder',
    'RefundOrderInput',
    {
      idempotencyKey: newId(),
      sellerOrderId: paid.order.sellerOrders[0].id,
      lines: [{ orderLineId: paid.order.sellerOrders[0].lines[0].id, quantity: 1 }],
    },
    '... on RefundOrderOk { refund { id state } }',
  );

describe('an order that is paid by Stripe', () => {
  it('is confirmed, its money put aside first and taken when the goods are held', async () => {
    const attempt = await paysWith('pm_card_visa');
    expect(attempt.paid.order).toMatchObject({ status: 'CONFIRMED', paymentStatus: 'PAID' });
    expect(await intentOf(attempt.order.id)).toMatchObject({ status: 'succeeded', amount: 1_000, currency: 'usd' });
  });

  it('may be declined', async () => {
    const { paid } = await paysWith('pm_card_declined');
    expect(paid).toMatchObject({ __typename: 'PaymentDeclinedError' });
  });

  it('says where the buyer has to go', async () => {
    const { paid } = await paysWith('pm_card_action');
    expect(paid).toMatchObject({ order: { paymentStatus: 'PENDING' }, nextAction: { redirectUrl: 'https://hooks.stripe.com/redirect' } });
  });

  it('is confirmed when Stripe says so, once, however often and in whatever order it says it', async () => {
    const attempt = await paysWith('pm_card_later');
    expect(attempt.paid.order).toMatchObject({ status: 'OPEN', paymentStatus: 'PENDING' });
    const intent = await intentOf(attempt.order.id);
    const eventId = `evt_${newId()}`;
    const early = StripeServer.notice(`evt_${newId()}`, intent);
    intent.status = 'requires_capture';
    const notice = StripeServer.notice(eventId, intent);

    expect(await tells({ ...notice, signature: notice.signature.replace('v1=', 'v2=').replace(/v1=\w{8}/, 'v1=00000000') })).toBe(400);
    expect(await Promise.all([tells(notice), tells(notice), tells(early)])).toEqual([204, 204, 204]);
    expect(await tells(notice)).toBe(204);

    await becomes(attempt, { status: 'CONFIRMED', paymentStatus: 'PAID' });
    expect((await world.order(attempt.buyer, attempt.order.id)).payments).toHaveLength(1);
    expect(await world.database.sql`SELECT 1 FROM provider_event WHERE event_id = ${eventId}`).toHaveLength(1);
    expect(await world.balanced()).toBe(true);
  });

  it.each(['cut', 'broken'] as const)('is asked after when an answer does not come: the line is %s', async (weather) => {
    // Once while the money is put aside; and while it is taken.
    if (weather === 'cut') stripe.weather.push('cut', 'cut', 'cut');
    else stripe.weather.push('broken', 'fair', 'broken');
    const attempt = await paysWith('pm_card_visa');
    expect(attempt.paid.order).toMatchObject({ status: 'OPEN' });

    await becomes(attempt, { status: 'CONFIRMED', paymentStatus: 'PAID' });

    const { metadata } = await intentOf(attempt.order.id);
    const known = [...stripe.intents.values()].filter((one) => one.metadata['plaza_payment'] === metadata['plaza_payment']);
    expect(known).toHaveLength(1);
    expect(await world.deposits()).toBe(0);
    expect(await world.balanced()).toBe(true);
  });

  it('is given back once, also when the answer is lost', async () => {
    const attempt = await paysWith('pm_card_visa');
    const { id } = await intentOf(attempt.order.id);
    stripe.weather.push('cut');

    const given = await refundsAll(attempt);

    expect(given.refund.state).toBe('PENDING');
    await becomes(attempt, { status: 'CANCELLED', paymentStatus: 'REFUNDED' });
    expect(stripe.refunds.filter(({ payment_intent: of }) => of === id)).toHaveLength(1);
    expect(await world.balanced()).toBe(true);
  });

  it('is given back when Stripe says so, and stays paid when Stripe could not', async () => {
    stripe.refundsBegin.push('pending', 'pending');
    const [one, other] = [await paysWith('pm_card_visa'), await paysWith('pm_card_visa')];
    for (const [attempt, status] of [
      [one, 'succeeded'],
      [other, 'failed'],
    ] as const) {
      expect((await refundsAll(attempt)).refund.state).toBe('PENDING');
      const { id } = await intentOf(attempt.order.id);
      const refund = stripe.refunds.find(({ payment_intent: of }) => of === id);
      if (refund === undefined) throw new Error('Stripe knows no such refund');
      refund.status = status;
      expect(await tells(StripeServer.notice(`evt_${newId()}`, refund))).toBe(204);
    }
    await becomes(one, { status: 'CANCELLED', paymentStatus: 'REFUNDED' });
    await becomes(other, { status: 'CONFIRMED', paymentStatus: 'PAID', sellerOrders: [{ fulfillmentStatus: 'UNFULFILLED' }] });
    expect(await world.balanced()).toBe(true);
  });
});
