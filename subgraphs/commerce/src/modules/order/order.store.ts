import type { Database, Tx } from '@plaza/db/database';
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
  readonly currencyCode: string;
  readonly status: OrderStatus;
}

export interface OrderLineRow {
  readonly id: string;
  readonly sellerOrderId: string;
  readonly variantId: string;
  readonly sku: string;
  readonly productTitle: string;
  readonly variantTitle: string;
  readonly quantity: number;
  readonly shippedQuantity: number;
  readonly unitAmount: string;
  readonly currencyCode: string;
  readonly postId: string | null;
}

export type NewOrder = Pick<OrderRow, 'id' | 'buyerId' | 'currencyCode' | 'totalAmount' | 'address'> & { readonly reservedUntil: Date };
export type NewSellerOrder = Pick<SellerOrderRow, 'id' | 'shopId' | 'totalAmount'>;
export type NewOrderLine = Omit<OrderLineRow, 'shippedQuantity' | 'currencyCode'>;

export class OrderStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async byIds(ids: readonly string[]): Promise<readonly OrderRow[]> {
    return this.#database.sql<OrderRow>`
      SELECT id, number, buyer_id AS "buyerId", status, currency_code AS "currencyCode", total_amount::text AS "totalAmount",
        reserved_until AS "reservedUntil", round, revision, address, created_at AS "createdAt"
      FROM customer_order WHERE id = ANY(${ids}::uuid[])`;
  }

  /** The order; whoever else changes it waits. */
  async locked(tx: Tx, id: string): Promise<OrderRow | null> {
    const [order] = await tx.sql<OrderRow>`
      SELECT id, number, buyer_id AS "buyerId", status, currency_code AS "currencyCode", total_amount::text AS "totalAmount",
        reserved_until AS "reservedUntil", round, revision, address, created_at AS "createdAt"
      FROM customer_order WHERE id = ${id} FOR UPDATE`;
    return order ?? null;
  }

  /** A buyer's orders, the newest first. */
  async ofBuyer(buyerId: string, first: number, after: Keyset | null): Promise<Page<OrderRow>> {
    const rows = await this.#database.sql<OrderRow>`
      SELECT id, number, buyer_id AS "buyerId", status, currency_code AS "currencyCode", total_amount::text AS "totalAmount",
        reserved_until AS "reservedUntil", round, revision, address, created_at AS "createdAt"
      FROM customer_order
      WHERE buyer_id = ${buyerId}
        AND (${after === null} OR (created_at, id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
      ORDER BY created_at DESC, id DESC LIMIT ${first + 1}`;
    return toPage(rows, first);
  }

  async sellerOrdersOf(orderIds: readonly string[]): Promise<readonly SellerOrderRow[]> {
    return this.#database.sql<SellerOrderRow>`
      SELECT part.id, part.order_id AS "orderId", part.shop_id AS "shopId", part.total_amount::text AS "totalAmount",
        whole.currency_code AS "currencyCode", whole.status
      FROM seller_order AS part JOIN customer_order AS whole ON whole.id = part.order_id
      WHERE part.order_id = ANY(${orderIds}::uuid[]) ORDER BY part.id`;
  }

  async linesOf(sellerOrderIds: readonly string[]): Promise<readonly OrderLineRow[]> {
    return this.#database.sql<OrderLineRow>`
      SELECT line.id, line.seller_order_id AS "sellerOrderId", line.variant_id AS "variantId", line.sku, line.product_title AS "productTitle",
        line.variant_title AS "variantTitle", line.quantity, line.shipped_quantity AS "shippedQuantity",
        line.unit_amount::text AS "unitAmount", line.post_id AS "postId", whole.currency_code AS "currencyCode"
      FROM order_line AS line JOIN seller_order AS part ON part.id = line.seller_order_id
        JOIN customer_order AS whole ON whole.id = part.order_id
      WHERE line.seller_order_id = ANY(${sellerOrderIds}::uuid[]) ORDER BY line.id`;
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
      INSERT INTO seller_order (id, order_id, shop_id, total_amount)
      SELECT id, ${order.id}, shop_id, amount FROM unnest(
        ${parts.map(({ id }) => id)}::uuid[], ${parts.map(({ shopId }) => shopId)}::uuid[],
        ${parts.map(({ totalAmount }) => totalAmount)}::bigint[]
      ) AS part (id, shop_id, amount)`;
    await tx.sql`
      INSERT INTO order_line (id, seller_order_id, variant_id, sku, product_title, variant_title, quantity, unit_amount, post_id)
      SELECT * FROM unnest(
        ${lines.map(({ id }) => id)}::uuid[], ${lines.map((line) => line.sellerOrderId)}::uuid[], ${lines.map((line) => line.variantId)}::uuid[],
        ${lines.map(({ sku }) => sku)}::text[], ${lines.map((line) => line.productTitle)}::text[],
        ${lines.map((line) => line.variantTitle)}::text[], ${lines.map(({ quantity }) => quantity)}::int[],
        ${lines.map(({ unitAmount }) => unitAmount)}::bigint[], ${lines.map(({ postId }) => postId)}::uuid[]
      )`;
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

  /** What each shop is owed of an order. */
  async partsOf(tx: Tx, orderId: string): Promise<readonly Pick<SellerOrderRow, 'shopId' | 'totalAmount'>[]> {
    return tx.sql<{ shopId: string; totalAmount: string }>`
      SELECT shop_id AS "shopId", total_amount::text AS "totalAmount" FROM seller_order WHERE order_id = ${orderId} ORDER BY id`;
  }

  /** Open orders whose hold has run out. */
  async expired(now: Date, limit: number): Promise<readonly string[]> {
    const rows = await this.#database.sql<{ id: string }>`
      SELECT id FROM customer_order WHERE reserved_until < ${now} ORDER BY reserved_until LIMIT ${limit}`;
    return rows.map(({ id }) => id);
  }
}
