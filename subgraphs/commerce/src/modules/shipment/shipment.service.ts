import type { Database } from '@plaza/db/database';
import { claimKey } from '@plaza/db/idempotency';
import type { Clock } from '@plaza/kernel/clock';
import { type FieldError, FieldErrors } from '@plaza/kernel/field-errors';
import { newId } from '@plaza/kernel/id';
import { IDEMPOTENCY_KEY_RULE, isIdempotencyKey } from '@plaza/kernel/idempotency-key';
import { isText, Refused } from '../../refusal.js';
import type { FulfillmentStatus } from '../order/order.policy.js';
import { OrderService } from '../order/order.service.js';
import type { OrderLineRow, OrderStore } from '../order/order.store.js';
import type { ShipmentStore } from './shipment.store.js';

const MAX_SHIPMENTS = 100;
const MAX_LINES = 100;
const MAX_CARRIER = 60;
const MAX_TRACKING_CODE = 100;

export interface NewShipment {
  readonly idempotencyKey: string;
  readonly sellerOrderId: string;
  readonly lines: readonly { readonly orderLineId: string; readonly quantity: number }[];
  readonly carrier: string;
  readonly trackingCode: string | null;
}

export type Sending =
  | { readonly kind: 'sent'; readonly shipmentId: string }
  | { readonly kind: 'missing' | 'keyConflict' }
  | { readonly kind: 'conflict'; readonly from: FulfillmentStatus }
  | { readonly kind: 'invalid'; readonly fields: readonly FieldError[] };

export type Delivering = { readonly kind: 'delivered' | 'missing' };

/** Undoes a shipment of what is not to be sent. */
class NotToSend extends Error {
  readonly from: FulfillmentStatus;

  constructor(from: FulfillmentStatus) {
    super('nothing is to be sent');
    this.from = from;
  }
}

export interface ShipmentParts {
  readonly database: Database<unknown>;
  readonly shipments: ShipmentStore;
  readonly orders: OrderStore;
  readonly order: OrderService;
  readonly clock: Clock;
}

export class ShipmentService {
  readonly #parts: ShipmentParts;

  constructor(parts: ShipmentParts) {
    this.#parts = parts;
  }

  async create(sellerId: string, input: NewShipment): Promise<Sending> {
    const { database, shipments, orders, order: service } = this.#parts;
    const part = await service.ofSeller(sellerId, input.sellerOrderId);
    if (part === null) return { kind: 'missing' };
    const errors = brokenRules(input);
    if (errors.any) return { kind: 'invalid', fields: errors.list };
    return database
      .transaction<Sending>(async (tx) => {
        const order = await orders.locked(tx, part.orderId);
        if (order === null) return { kind: 'missing' };
        const shipmentId = newId();
        const claim = await claimKey(tx, { viewerId: sellerId, mutation: 'createShipment', key: input.idempotencyKey, input }, shipmentId);
        if (claim.kind === 'conflict') return { kind: 'keyConflict' };
        if (claim.kind === 'repeat') return { kind: 'sent', shipmentId: claim.resultId };
        const lines = await orders.lines(tx, part.id);
        const from = OrderService.fulfillment(order.status, lines);
        if (from !== 'UNFULFILLED' && from !== 'PARTIALLY_SHIPPED') throw new NotToSend(from);
        checkLines(errors, input.lines, lines);
        errors.that((await shipments.count(tx, part.id)) < MAX_SHIPMENTS, 'sellerOrderId', `At most ${MAX_SHIPMENTS} shipments.`);
        if (errors.any) throw new Refused(errors.list);
        const carrier = input.carrier.trim();
        const trackingCode = input.trackingCode?.trim() ?? null;
        await shipments.insert(tx, { id: shipmentId, sellerOrderId: part.id, carrier, trackingCode }, input.lines);
        await orders.changeLines(
          tx,
          input.lines.map(({ orderLineId, quantity }) => ({ id: orderLineId, shipped: quantity })),
        );
        await service.changed(tx, order);
        return { kind: 'sent', shipmentId };
      })
      .catch((error: unknown) => {
        if (error instanceof NotToSend) return { kind: 'conflict', from: error.from };
        if (error instanceof Refused) return { kind: 'invalid', fields: error.fields };
        throw error;
      });
  }

  async deliver(sellerId: string, shipmentId: string): Promise<Delivering> {
    const { database, shipments, orders, order: service, clock } = this.#parts;
    const [shipment] = await shipments.byIds([shipmentId]);
    const part = shipment === undefined ? null : await service.ofSeller(sellerId, shipment.sellerOrderId);
    if (part === null) return { kind: 'missing' };
    const lines = await shipments.linesOf([shipmentId]);
    return database.transaction<Delivering>(async (tx) => {
      const order = await orders.locked(tx, part.orderId);
      if (order === null) return { kind: 'missing' };
      if (!(await shipments.deliver(tx, shipmentId, clock.now()))) return { kind: 'delivered' };
      await orders.changeLines(
        tx,
        lines.map(({ orderLineId, quantity }) => ({ id: orderLineId, delivered: quantity })),
      );
      await service.changed(tx, order);
      return { kind: 'delivered' };
    });
  }
}

function brokenRules({ idempotencyKey, lines, carrier, trackingCode }: NewShipment): FieldErrors {
  const errors = new FieldErrors();
  const fits = (text: string, most: number): boolean => text.trim().length >= 1 && text.trim().length <= most && isText(text);
  errors.that(isIdempotencyKey(idempotencyKey), 'idempotencyKey', IDEMPOTENCY_KEY_RULE);
  errors.that(lines.length >= 1 && lines.length <= MAX_LINES, 'lines', `1 to ${MAX_LINES} lines.`);
  errors.that(new Set(lines.map(({ orderLineId }) => orderLineId)).size === lines.length, 'lines', 'Each line once.');
  errors.that(fits(carrier, MAX_CARRIER), 'carrier', `A carrier has 1 to ${MAX_CARRIER} characters.`);
  const isCode = trackingCode === null || fits(trackingCode, MAX_TRACKING_CODE);
  errors.that(isCode, 'trackingCode', `A tracking code has 1 to ${MAX_TRACKING_CODE} characters.`);
  return errors;
}

/** Notes lines that are not of this seller order, and more than is to be sent of one. */
function checkLines(errors: FieldErrors, wanted: NewShipment['lines'], lines: readonly OrderLineRow[]): void {
  const known = new Map(lines.map((line) => [line.id, line]));
  for (const [index, { orderLineId, quantity }] of wanted.entries()) {
    const line = known.get(orderLineId);
    errors.that(line !== undefined, `lines.${index}.orderLineId`, 'There is no such line.');
    if (line === undefined) continue;
    const left = line.quantity - line.shippedQuantity - line.withdrawnQuantity;
    errors.that(quantity >= 1 && quantity <= left, `lines.${index}.quantity`, `1 to ${left}, which is what is left to be sent.`);
  }
}
