import type { Database, Tx } from '@plaza/db/database';
import { orderChanged } from '@plaza/events/contracts/commerce.events';
import type { Outbox } from '@plaza/events/outbox';
import type { Clock } from '@plaza/kernel/clock';
import type { Page, PageRequest } from '@plaza/kernel/page';
import type { LiveBus } from '@plaza/live/live-bus';
import {
  canBecome,
  canSeeOrder,
  canSeeSellerOrder,
  canSell,
  type FulfillableLine,
  fulfillmentOf,
  type FulfillmentStatus,
  type OrderStatus,
} from './order.policy.js';
import type { OrderRow, OrderStore, SellerOrderRow, SoldRow } from './order.store.js';
import type { Held, StockStore } from '../../stock/stock.store.js';

export interface OrderParts {
  readonly database: Database<unknown>;
  readonly orders: OrderStore;
  readonly stock: StockStore;
  readonly outbox: Outbox;
  readonly bus: LiveBus;
  readonly clock: Clock;
  /** How long the goods of an order that is not paid are held. */
  readonly holdMs: number;
}

export type Cancelling =
  | { readonly kind: 'cancelled'; readonly order: OrderRow }
  | { readonly kind: 'missing' }
  | { readonly kind: 'conflict'; readonly from: OrderStatus };

const EXPIRED_AT_ONCE = 100;

/** What becomes of an order after its checkout. Whatever takes a transaction is called under the order's row lock. */
export class OrderService {
  readonly #parts: OrderParts;

  constructor(parts: OrderParts) {
    this.#parts = parts;
  }

  /** Where changes of an order are told. */
  static channel(orderId: string): string {
    return `commerce:order:${orderId}`;
  }

  /** Whether the viewer may see it, and pay it. */
  static isOf(viewerId: string, order: OrderRow): boolean {
    return canSeeOrder(viewerId, order);
  }

  async byIds(ids: readonly string[], viewerId: string | null): Promise<readonly OrderRow[]> {
    return (await this.#parts.orders.byIds(ids)).filter((order) => canSeeOrder(viewerId, order));
  }

  /** A buyer's orders, the newest first. */
  async ofBuyer(buyerId: string, { first, after }: PageRequest): Promise<Page<OrderRow>> {
    return this.#parts.orders.ofBuyer(buyerId, first, after);
  }

  /** How much of a part of an order is on its way. */
  static fulfillment(status: OrderStatus, lines: readonly FulfillableLine[]): FulfillmentStatus {
    return fulfillmentOf(status, lines);
  }

  /** Parts of orders that the viewer has bought or sold. */
  async sellerOrders(ids: readonly string[], viewerId: string | null): Promise<readonly SellerOrderRow[]> {
    return (await this.#parts.orders.sellerOrders(ids)).filter((part) => canSeeSellerOrder(viewerId, part));
  }

  /** Whether the viewer's shop has sold it. */
  isSoldBy(viewerId: string | null, part: Pick<SellerOrderRow, 'ownerId' | 'soldAt'>): boolean {
    return canSell(viewerId, part);
  }

  /** A part of an order that the viewer's shop has sold. */
  async ofSeller(viewerId: string, sellerOrderId: string): Promise<SellerOrderRow | null> {
    const [part] = await this.#parts.orders.sellerOrders([sellerOrderId]);
    return part !== undefined && canSell(viewerId, part) ? part : null;
  }

  /** What a shop has sold, the latest first. Whoever asks owns the shop. */
  async ofShop(shopId: string, { first, after }: PageRequest): Promise<Page<SoldRow>> {
    return this.#parts.orders.ofShop(shopId, first, after);
  }

  /** Until when goods that are held now stay held. */
  heldUntil(): Date {
    return new Date(this.#parts.clock.now().getTime() + this.#parts.holdMs);
  }

  async cancel(viewerId: string, orderId: string): Promise<Cancelling> {
    const { database, orders } = this.#parts;
    return database.transaction(async (tx) => {
      const order = await orders.locked(tx, orderId);
      if (order === null || !canSeeOrder(viewerId, order)) return { kind: 'missing' };
      if (order.status === 'CANCELLED') return { kind: 'cancelled', order };
      if (order.status !== 'OPEN') return { kind: 'conflict', from: order.status };
      return { kind: 'cancelled', order: await this.#letGo(tx, order, 'CANCELLED') };
    });
  }

  /** Lets go of what nobody paid in time. Several may do this at once. @returns how many */
  async expire(): Promise<number> {
    const { database, orders, clock } = this.#parts;
    const ids = await orders.expired(clock.now(), EXPIRED_AT_ONCE);
    for (const id of ids) {
      await database.transaction(async (tx) => {
        const order = await orders.locked(tx, id);
        // Somebody else was faster, or a payment has prolonged the hold.
        if (order?.status !== 'OPEN' || order.reservedUntil === null || order.reservedUntil >= clock.now()) return;
        await this.#letGo(tx, order, 'EXPIRED');
      });
    }
    return ids.length;
  }

  /** Makes sure that the goods are held for `ms` from now: prolongs the hold, or holds them anew. Null: they are not to be had any more. */
  async keepHeld(tx: Tx, order: OrderRow, ms: number): Promise<OrderRow | null> {
    const { orders, stock, clock } = this.#parts;
    const until = new Date(clock.now().getTime() + ms);
    if (order.status === 'OPEN') {
      if (order.reservedUntil !== null && order.reservedUntil >= until) return order;
      return this.#become(tx, order, 'OPEN', until, order.round);
    }
    if (!canBecome(order.status, 'OPEN')) return null;
    const round = order.round + 1;
    const held: Held = await stock.hold(tx, { orderId: order.id, round, quantities: await orders.quantities(tx, order.id) });
    return held.kind === 'held' ? this.#become(tx, order, 'OPEN', until, round) : null;
  }

  /** The goods of an open order leave the stock: it is paid. */
  async confirm(tx: Tx, order: OrderRow): Promise<OrderRow> {
    const { orders, stock, clock } = this.#parts;
    await stock.sell(tx, { orderId: order.id, round: order.round, quantities: await orders.quantities(tx, order.id) });
    await orders.sold(tx, order.id, clock.now());
    return this.#become(tx, order, 'CONFIRMED', null, order.round);
  }

  /** Nothing of a confirmed order is to be sent any more, and nothing was: it is taken back as a whole. */
  async takeBack(tx: Tx, order: OrderRow): Promise<void> {
    await this.#become(tx, order, 'CANCELLED', null, order.round);
  }

  /** Something below an order has changed that its buyer can see. */
  async changed(tx: Tx, order: OrderRow): Promise<void> {
    await this.tell(tx, { ...order, revision: await this.#parts.orders.touch(tx, order.id) });
  }

  /** Tells of a new order, or of something below one that has changed. */
  async tell(tx: Tx, { id, buyerId, status, revision }: Pick<OrderRow, 'id' | 'buyerId' | 'status' | 'revision'>): Promise<void> {
    const { orders, outbox, bus } = this.#parts;
    const sellerIds = [...new Set((await orders.partsOf(tx, id)).map(({ ownerId }) => ownerId))];
    await outbox.append(tx, orderChanged, { orderId: id, buyerId, status, revision, sellerIds });
    tx.afterCommit(() => bus.publish(OrderService.channel(id), ''));
  }

  async #letGo(tx: Tx, order: OrderRow, status: 'CANCELLED' | 'EXPIRED'): Promise<OrderRow> {
    const { orders, stock } = this.#parts;
    await stock.release(tx, { orderId: order.id, round: order.round, quantities: await orders.quantities(tx, order.id) });
    return this.#become(tx, order, status, null, order.round);
  }

  async #become(tx: Tx, order: OrderRow, status: OrderStatus, reservedUntil: Date | null, round: number): Promise<OrderRow> {
    if (order.status !== status && !canBecome(order.status, status))
      throw new Error(`an order that is ${order.status} does not become ${status}`);
    const revision = await this.#parts.orders.become(tx, order.id, status, reservedUntil, round);
    const changed = { ...order, status, reservedUntil, round, revision };
    await this.tell(tx, changed);
    return changed;
  }
}
