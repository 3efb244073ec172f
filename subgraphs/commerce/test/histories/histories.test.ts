import { newId } from '@plaza/kernel/id';
import { fromTypeId } from '@plaza/kernel/type-id';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { CommerceUnderTest, type Payload } from '../commerce-under-test.js';
import { histories, type Line, type Look, must, type Outcome, play, type Step, type System } from './history.js';

/** The same histories each time. */
const SEED = 20_261_121;
const RUNS = 10;
const MOST_STEPS = 10;
/** A state comes when it comes: the test waits for it. */
const PATIENCE = { timeout: 30_000, interval: 50 };
const OK: Outcome = { kind: 'Ok' };

let world: CommerceUnderTest;

beforeAll(async () => {
  // What the provider puts off stays so until a step decides it; nothing expires by itself.
  world = await CommerceUnderTest.start({ testDelayMs: 3_600_000, holdMs: 3_600_000 });
});
afterAll(() => world.stop());

const LOOK = `status paymentStatus sellerOrders { id fulfillmentStatus
  lines { id shippedQuantity deliveredQuantity refundedQuantity refundedTotal { amountMinor } variant { sku } } }`;

/** Commerce as it is: through the graph, on PostgreSQL. */
class Commerce implements System {
  readonly #buyer = newId();
  readonly #shipments: string[] = [];
  #seller = '';
  #variants: readonly string[] = [];
  #orderId = '';
  #partId = '';
  #lineIds: readonly string[] = [];

  static async placed(lines: readonly Line[]): Promise<Commerce> {
    const commerce = new Commerce();
    const { seller, variants } = await world.sells(lines.map(({ price, stock }) => ({ amount: price, stock })));
    for (const [index, { quantity }] of lines.entries()) await world.puts(commerce.#buyer, variants[index] ?? '', quantity);
    const { order } = await world.checksOut(
      commerce.#buyer,
      lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0),
    );
    commerce.#seller = seller;
    commerce.#variants = variants;
    commerce.#orderId = order.id;
    const [part] = (await commerce.#read()).sellerOrders;
    commerce.#partId = part.id;
    commerce.#lineIds = part.lines.map(({ id }: { readonly id: string }) => id);
    return commerce;
  }

  async take(step: Step): Promise<Outcome> {
    switch (step.does) {
      case 'pay':
        return kindOf(await world.pays(this.#buyer, this.#orderId, step.token));
      case 'cancel':
        return kindOf(await world.does(this.#buyer, 'cancelOrder', 'CancelOrderInput', { orderId: this.#orderId }));
      case 'expire':
        return this.#expire();
      case 'decide':
        return this.#decide();
      case 'sellOut':
        for (const variantId of this.#variants) await this.#sellOut(variantId);
        return OK;
      case 'ship': {
        const lines = [{ orderLineId: this.#lineIds[step.line] ?? 'orderline_none', quantity: step.pieces }];
        const input = { idempotencyKey: newId(), sellerOrderId: this.#partId, carrier: 'VNPost', lines };
        const sent = await world.does(
          this.#seller,
          'createShipment',
          'CreateShipmentInput',
          input,
          '... on CreateShipmentOk { shipment { id } }',
        );
        if (sent['shipment'] !== undefined) this.#shipments.push(sent['shipment'].id);
        return kindOf(sent);
      }
      case 'deliver': {
        const shipmentId = this.#shipments[step.shipment] ?? 'shipment_none';
        return kindOf(await world.does(this.#seller, 'markDelivered', 'MarkDeliveredInput', { shipmentId }));
      }
      case 'refundPieces':
        return this.#refund({
          lines: [{ orderLineId: this.#lineIds[step.line] ?? 'orderline_none', quantity: step.pieces }],
          restock: step.restock,
        });
      case 'refundAmount':
        return this.#refund({ amount: { amountMinor: String(step.amount), currencyCode: 'USD' } });
    }
  }

  async look(): Promise<Look> {
    must(await world.balanced(), () => 'the books are off');
    must((await this.#deposit()) === 0, () => 'a deposit is left');
    const order = await this.#read();
    const [part] = order.sellerOrders;
    return {
      status: order.status,
      paymentStatus: order.paymentStatus,
      fulfillmentStatus: part.fulfillmentStatus,
      lines: part.lines.map((line: Payload) => ({
        shipped: line['shippedQuantity'],
        delivered: line['deliveredQuantity'],
        refunded: line['refundedQuantity'],
        refundedAmount: Number(line['refundedTotal'].amountMinor),
      })),
      stock: await Promise.all(this.#variants.map(async (variantId) => world.stock(variantId))),
    };
  }

  async #read(): Promise<Payload> {
    const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Order { ${LOOK} payments { state } } } }`;
    const order = (await world.asks(this.#buyer, query, { of: [{ __typename: 'Order', id: this.#orderId }] }))._entities[0];
    // In the order in which they were put into the cart, as the stock is.
    for (const part of order.sellerOrders) part.lines.sort((a: Payload, b: Payload) => (a['variant'].sku < b['variant'].sku ? -1 : 1));
    return order;
  }

  /** What the deposit of this order holds: other histories may be under way. */
  async #deposit(): Promise<number> {
    const [row] = await world.database.sql<{ sum: string }>`
      SELECT coalesce(sum(amount), 0)::text AS sum FROM ledger_entry WHERE account = ${`deposit:${fromTypeId('order', this.#orderId)}`}`;
    return Number(row?.sum);
  }

  async #expire(): Promise<Outcome> {
    await world.database.sql`
      UPDATE customer_order SET reserved_until = now() - interval '1 day' WHERE id = ${fromTypeId('order', this.#orderId)} AND status = 'OPEN'`;
    await vi.waitFor(async () => must((await this.#read()).status !== 'OPEN', () => 'the order is still open'), PATIENCE);
    return OK;
  }

  async #decide(): Promise<Outcome> {
    const orderId = fromTypeId('order', this.#orderId);
    await world.database.sql`
      UPDATE test_charge SET decided_at = now() - interval '1 day' WHERE key IN (SELECT id::text FROM payment WHERE order_id = ${orderId})`;
    await world.database.sql`UPDATE payment SET next_step_at = now() WHERE order_id = ${orderId} AND state = 'PENDING'`;
    const isOpen = (state: string): boolean => !['SETTLED', 'DECLINED', 'CANCELLED', 'REFUNDED'].includes(state);
    const states = async (): Promise<string[]> => (await this.#read()).payments.map(({ state }: { readonly state: string }) => state);
    await vi.waitFor(async () => must(!(await states()).some(isOpen), () => 'a payment is still open'), PATIENCE);
    return OK;
  }

  async #sellOut(variantId: string): Promise<void> {
    const [onHand, reserved] = await world.stock(variantId);
    if (onHand === reserved) return;
    const input = { idempotencyKey: newId(), variantId, change: reserved - onHand };
    const { __typename: kind } = await world.does(this.#seller, 'adjustStock', 'AdjustStockInput', input);
    must(kind === 'AdjustStockOk', () => `stock is not adjusted: ${kind}`);
  }

  async #refund(input: object): Promise<Outcome> {
    const given = await world.does(
      this.#seller,
      'refundOrder',
      'RefundOrderInput',
      { idempotencyKey: newId(), sellerOrderId: this.#partId, ...input },
      '... on RefundOrderOk { refund { state lines { amount { amountMinor } line { id } } } }',
    );
    const lines: readonly Payload[] = given['refund']?.lines ?? [];
    return {
      ...kindOf(given),
      given: lines.map((part) => ({ line: this.#lineIds.indexOf(part['line'].id), amount: Number(part['amount'].amountMinor) })),
    };
  }
}

const KINDS = ['PaymentDeclined', 'Conflict', 'NotFound', 'Validation'] as const;
const kindOf = ({ __typename: name }: Payload): Outcome => ({ kind: KINDS.find((kind) => name === `${kind}Error`) ?? 'Ok' });

it('histories through the graph, on PostgreSQL, come out as the pieces and cents say, and the books are even after every step', async () => {
  const property = fc.asyncProperty(histories(MOST_STEPS), async (history) => play(history, await Commerce.placed(history.lines)));
  await expect(fc.assert(property, { numRuns: RUNS, seed: SEED, endOnFailure: true })).resolves.toBeUndefined();
}, 120_000);
