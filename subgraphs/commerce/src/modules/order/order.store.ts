import type { Database, Tx } from '@plaza/db/database';
import { sqlText } from '@plaza/db/sql';
import { type Keyset, type Page, toPage } from '@plaza/kernel/page';
import type { Quantity } from '../../stock/stock.store.js';
import type { Address } from './address.js';
import type { OrderStatus } from './order.policy.js';

export interface OrderRow {
  readonly id: string;
  readonly number: number;
  readonly buyerId: string;
  readonly status: OrderStatus;
  readonly currencyCode: string;
  readonly totalAmount: string;
  readonly reservedUntil: Date | null;
  readonly round: number;
  readonly revision: number;
  readonly address: Address;
  readonly createdAt: Date;
}

export interface SellerOrderRow {
  readonly id: string;
  readonly orderId: string;
  readonly shopId: string;
  readonly totalAmount: string;
  /** What Plaza keeps of it. */
  readonly commissionAmount: string;
  /** When it was paid. */
  readonly soldAt: Date | null;
  /** Who sells. */
  readonly ownerId: string;
  /** Of the order that it is a part of. */
  readonly number: number;
  readonly buyerId: string;
  readonly currencyCode: string;
  readonly status: OrderStatus;
  readonly address: Address;
}

/** One that was paid. */
export type SoldRow = SellerOrderRow & { readonly soldAt: Date };

export interface OrderLineRow {
  readonly id: string;
  readonly sellerOrderId: string;
  readonly variantId: string;
  readonly sku: string;
  readonly productTitle: string;
  readonly variantTitle: string;
  readonly quantity: number;
  readonly shippedQuantity: number;
  readonly deliveredQuantity: number;
  readonly refundedQuantity: number;
  /** Of those that were given back: they had not been sent, and will not be. */
  readonly withdrawnQuantity: number;
  readonly unitAmount: string;
  readonly refundedAmount: string;
  readonly currencyCode: string;
  readonly postId: string | null;
}

export type NewOrder = Pick<OrderRow, 'id' | 'buyerId' | 'currencyCode' | 'totalAmount' | 'address'> & { readonly reservedUntil: Date };
export type NewSellerOrder = Pick<SellerOrderRow, 'id' | 'shopId' | 'totalAmount' | 'commissionAmount'>;
export type NewOrderLine = Pick<
  OrderLineRow,
  'id' | 'sellerOrderId' | 'variantId' | 'sku' | 'productTitle' | 'variantTitle' | 'quantity' | 'unitAmount' | 'postId'
>;

/** What changes on a line when pieces are sent, arrive or go back, or money does. */
export interface LineChange {
  readonly id: string;
  readonly shipped?: number;
  readonly delivered?: number;
  readonly refunded?: number;
  readonly withdrawn?: number;
  readonly amount?: bigint;
}

const ORDER = sqlText`id, number, buyer_id AS "buyerId", status, currency_code AS "currencyCode", total_amount::text AS "totalAmount",
  reserved_until AS "reservedUntil", round, revision, address, created_at AS "createdAt"`;
const SELLER_ORDER = sqlText`part.id, part.order_id AS "orderId", part.shop_id AS "shopId", part.total_amount::text AS "totalAmount",
  part.commission_amount::text AS "commissionAmount", part.sold_at AS "soldAt", shop.owner_id AS "ownerId", whole.number,
  whole.buyer_id AS "buyerId", whole.currency_code AS "currencyCode", whole.status, whole.address
  FROM seller_order AS part JOIN customer_order AS whole ON whole.id = part.order_id JOIN shop ON shop.id = part.shop_id`;
const LINE = sqlText`line.id, line.seller_order_id AS "sellerOrderId", line.variant_id AS "variantId", line.sku,
  line.product_title AS "productTitle", line.variant_title AS "variantTitle", line.quantity, line.shipped_quantity AS "shippedQuantity",
  line.delivered_quantity AS "deliveredQuantity", line.refunded_quantity AS "refundedQuantity",
  line.withdrawn_quantity AS "withdrawnQuantity", line.unit_amount::text AS "unitAmount", line.refunded_amount::text AS "refundedAmount",
  line.post_id AS "postId", whole.currency_code AS "currencyCode"
  FROM order_line AS line JOIN seller_order AS part ON part.id = line.seller_order_id JOIN customer_order AS whole ON whole.id = part.order_id`;

export class OrderStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async byIds(ids: readonly string[]): Promise<readonly OrderRow[]> {
    return this.#database.sql<OrderRow>`
      SELECT ${ORDER}
      FROM customer_order WHERE id = ANY(${ids}::uuid[])`;
  }

  /** The order; whoever else changes it waits. */
  async locked(tx: Tx, id: string): Promise<OrderRow | null> {
    const [order] = await tx.sql<OrderRow>`
      SELECT ${ORDER}
      FROM customer_order WHERE id = ${id} FOR UPDATE`;
    return order ?? null;
  }

  /** A buyer's orders, the newest first. */
  async ofBuyer(buyerId: string, first: number, after: Keyset | null): Promise<Page<OrderRow>> {
    const rows = await this.#database.sql<OrderRow>`
      SELECT ${ORDER}
      FROM customer_order
      WHERE buyer_id = ${buyerId}
        AND (${after === null} OR (created_at, id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
      ORDER BY created_at DESC, id DESC LIMIT ${first + 1}`;
    return toPage(rows, first);
  }

  async sellerOrdersOf(orderIds: readonly string[]): Promise<readonly SellerOrderRow[]> {
    return this.#database.sql<SellerOrderRow>`
      SELECT ${SELLER_ORDER} WHERE part.order_id = ANY(${orderIds}::uuid[]) ORDER BY part.id`;
  }

  async sellerOrders(ids: readonly string[]): Promise<readonly SellerOrderRow[]> {
    return this.#database.sql<SellerOrderRow>`SELECT ${SELLER_ORDER} WHERE part.id = ANY(${ids}::uuid[])`;
  }

  /** What a shop has sold, the latest first. */
  async ofShop(shopId: string, first: number, after: Keyset | null): Promise<Page<SoldRow>> {
    const rows = await this.#database.sql<SoldRow>`
      SELECT ${SELLER_ORDER}
      WHERE part.shop_id = ${shopId} AND part.sold_at IS NOT NULL
        AND (${after === null} OR (part.sold_at, part.id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
      ORDER BY part.sold_at DESC, part.id DESC LIMIT ${first + 1}`;
    return toPage(rows, first);
  }

  async linesOf(sellerOrderIds: readonly string[]): Promise<readonly OrderLineRow[]> {
    return this.#database.sql<OrderLineRow>`
      SELECT ${LINE} WHERE line.seller_order_id = ANY(${sellerOrderIds}::uuid[]) ORDER BY line.id`;
  }

  /** What an order wants of each variant, in the order of their ids. */
  async quantities(tx: Tx, orderId: string): Promise<readonly Quantity[]> {
    return tx.sql<{ variantId: string; quantity: number }>`
      SELECT line.variant_id AS "variantId", sum(line.quantity)::int AS quantity
      FROM order_line AS line JOIN seller_order AS part ON part.id = line.seller_order_id
      WHERE part.order_id = ${orderId} GROUP BY line.variant_id ORDER BY line.variant_id`;
  }

  async insert(tx: Tx, order: NewOrder, parts: readonly NewSellerOrder[], lines: readonly NewOrderLine[]): Promise<void> {
    await tx.sql`
      INSERT INTO customer_order (id, buyer_id, status, currency_code, total_amount, reserved_until, address)
      VALUES (${order.id}, ${order.buyerId}, 'OPEN', ${order.currencyCode}, ${order.totalAmount}, ${order.reservedUntil},
        ${JSON.stringify(order.address)}::jsonb)`;
    await tx.sql`
      INSERT INTO seller_order (id, order_id, shop_id, total_amount, commission_amount)
      SELECT id, ${order.id}, shop_id, amount, commission FROM unnest(
        ${parts.map(({ id }) => id)}::uuid[], ${parts.map(({ shopId }) => shopId)}::uuid[],
        ${parts.map(({ totalAmount }) => totalAmount)}::bigint[], ${parts.map(({ commissionAmount }) => commissionAmount)}::bigint[]
      ) AS part (id, shop_id, amount, commission)`;
    await tx.sql`
      INSERT INTO order_line (id, seller_order_id, variant_id, sku, product_title, variant_title, quantity, unit_amount, post_id)
      SELECT * FROM unnest(
        ${lines.map(({ id }) => id)}::uuid[], ${lines.map((line) => line.sellerOrderId)}::uuid[], ${lines.map((line) => line.variantId)}::uuid[],
        ${lines.map(({ sku }) => sku)}::text[], ${lines.map((line) => line.productTitle)}::text[],
        ${lines.map((line) => line.variantTitle)}::text[], ${lines.map(({ quantity }) => quantity)}::int[],
        ${lines.map(({ unitAmount }) => unitAmount)}::bigint[], ${lines.map(({ postId }) => postId)}::uuid[]
      )`;
  }

  /** The lines of a seller order whose order is locked. */
  async lines(tx: Tx, sellerOrderId: string): Promise<readonly OrderLineRow[]> {
    return tx.sql<OrderLineRow>`SELECT ${LINE} WHERE line.seller_order_id = ${sellerOrderId} ORDER BY line.id`;
  }

  /** Changes lines of a locked order; the table refuses what cannot be. */
  async changeLines(tx: Tx, changes: readonly LineChange[]): Promise<void> {
    await tx.sql`
      UPDATE order_line SET shipped_quantity = shipped_quantity + change.shipped, delivered_quantity = delivered_quantity + change.delivered,
        refunded_quantity = refunded_quantity + change.refunded, withdrawn_quantity = withdrawn_quantity + change.withdrawn,
        refunded_amount = refunded_amount + change.amount
      FROM unnest(
        ${changes.map(({ id }) => id)}::uuid[], ${changes.map(({ shipped = 0 }) => shipped)}::int[],
        ${changes.map(({ delivered = 0 }) => delivered)}::int[], ${changes.map(({ refunded = 0 }) => refunded)}::int[],
        ${changes.map(({ withdrawn = 0 }) => withdrawn)}::int[], ${changes.map(({ amount = 0n }) => String(amount))}::bigint[]
      ) AS change (id, shipped, delivered, refunded, withdrawn, amount)
      WHERE order_line.id = change.id`;
  }

  /** Of a locked order: how many pieces of its lines may still be sent, or were. */
  async piecesToSend(tx: Tx, orderId: string): Promise<number> {
    const [row] = await tx.sql<{ pieces: number }>`
      SELECT sum(quantity - withdrawn_quantity)::int AS pieces FROM order_line JOIN seller_order ON seller_order.id = order_line.seller_order_id
      WHERE seller_order.order_id = ${orderId}`;
    return row?.pieces ?? 0;
  }

  /** It is paid: its shops see it. */
  async sold(tx: Tx, orderId: string, at: Date): Promise<void> {
    await tx.sql`UPDATE seller_order SET sold_at = ${at} WHERE order_id = ${orderId} AND sold_at IS NULL`;
  }

  /** Gives it another status. `reservedUntil` stands exactly while it is OPEN; a new hold is a new round. */
  async become(tx: Tx, id: string, status: OrderStatus, reservedUntil: Date | null, round: number): Promise<number> {
    const [row] = await tx.sql<{ revision: number }>`
      UPDATE customer_order SET status = ${status}, reserved_until = ${reservedUntil}, round = ${round}, revision = revision + 1
      WHERE id = ${id} RETURNING revision`;
    if (row === undefined) throw new Error('an order is gone');
    return row.revision;
  }

  /** Something below it has changed that its buyer can see. */
  async touch(tx: Tx, id: string): Promise<number> {
    const [row] = await tx.sql<{ revision: number }>`UPDATE customer_order SET revision = revision + 1 WHERE id = ${id} RETURNING revision`;
    if (row === undefined) throw new Error('an order is gone');
    return row.revision;
  }

  /** What each shop sells of an order, and what Plaza keeps of that. */
  async partsOf(tx: Tx, orderId: string): Promise<readonly SellerOrderRow[]> {
    return tx.sql<SellerOrderRow>`SELECT ${SELLER_ORDER} WHERE part.order_id = ${orderId} ORDER BY part.id`;
  }

  /** Open orders whose hold has run out. */
  async expired(now: Date, limit: number): Promise<readonly string[]> {
    const rows = await this.#database.sql<{ id: string }>`
      SELECT id FROM customer_order WHERE reserved_until < ${now} ORDER BY reserved_until LIMIT ${limit}`;
    return rows.map(({ id }) => id);
  }
}
