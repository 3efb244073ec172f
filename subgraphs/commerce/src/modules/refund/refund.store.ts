import type { Database, Tx } from '@plaza/db/database';
import { sqlText } from '@plaza/db/sql';
import type { RefundPart, RefundState } from './refund.policy.js';

export interface RefundRow {
  readonly id: string;
  readonly sellerOrderId: string;
  readonly orderId: string;
  readonly shopId: string;
  readonly paymentId: string;
  readonly state: RefundState;
  readonly amount: string;
  /** Of the amount: what Plaza gives back of its commission. */
  readonly commissionAmount: string;
  readonly currencyCode: string;
  readonly isRestocked: boolean;
  readonly reason: string;
  readonly attempts: number;
  readonly createdAt: Date;
}

export interface RefundLineRow {
  readonly refundId: string;
  readonly orderLineId: string;
  readonly variantId: string;
  readonly quantity: number;
  readonly withdrawnQuantity: number;
  readonly amount: string;
}

export type NewRefund = Pick<RefundRow, 'id' | 'sellerOrderId' | 'paymentId' | 'amount' | 'commissionAmount' | 'isRestocked' | 'reason'>;

const REFUND = sqlText`refund.id, refund.seller_order_id AS "sellerOrderId", part.order_id AS "orderId", part.shop_id AS "shopId",
  refund.payment_id AS "paymentId", refund.state, refund.amount::text AS amount, refund.commission_amount::text AS "commissionAmount",
  payment.currency_code AS "currencyCode", refund.is_restocked AS "isRestocked", refund.reason, refund.attempts,
  refund.created_at AS "createdAt"
  FROM refund JOIN seller_order AS part ON part.id = refund.seller_order_id JOIN payment ON payment.id = refund.payment_id`;

const REFUND_LINE = sqlText`part.refund_id AS "refundId", part.order_line_id AS "orderLineId", line.variant_id AS "variantId", part.quantity,
  part.withdrawn_quantity AS "withdrawnQuantity", part.amount::text AS amount
  FROM refund_line AS part JOIN order_line AS line ON line.id = part.order_line_id`;

export class RefundStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async byId(id: string): Promise<RefundRow | null> {
    const [refund] = await this.#database.sql<RefundRow>`SELECT ${REFUND} WHERE refund.id = ${id}`;
    return refund ?? null;
  }

  /** Of each seller order, the oldest first. */
  async ofSellerOrders(ids: readonly string[]): Promise<readonly RefundRow[]> {
    return this.#database.sql<RefundRow>`
      SELECT ${REFUND} WHERE refund.seller_order_id = ANY(${ids}::uuid[]) ORDER BY refund.created_at, refund.id`;
  }

  async linesOf(refundIds: readonly string[]): Promise<readonly RefundLineRow[]> {
    return this.#database.sql<RefundLineRow>`
      SELECT ${REFUND_LINE} WHERE part.refund_id = ANY(${refundIds}::uuid[]) ORDER BY part.refund_id, part.order_line_id`;
  }

  async lines(tx: Tx, refundId: string): Promise<readonly RefundLineRow[]> {
    return tx.sql<RefundLineRow>`SELECT ${REFUND_LINE} WHERE part.refund_id = ${refundId} ORDER BY part.order_line_id`;
  }

  /** Of a seller order whose order is locked: how many there are, and what of the commission they give back. */
  async sumsOf(tx: Tx, sellerOrderId: string): Promise<{ readonly count: number; readonly commission: bigint }> {
    const [row] = await tx.sql<{ count: number; commission: string }>`
      SELECT count(*)::int AS count, coalesce(sum(commission_amount) FILTER (WHERE state <> 'FAILED'), 0)::text AS commission
      FROM refund WHERE seller_order_id = ${sellerOrderId}`;
    return { count: row?.count ?? 0, commission: BigInt(row?.commission ?? 0) };
  }

  async insert(tx: Tx, refund: NewRefund, parts: readonly RefundPart[], nextStepAt: Date): Promise<void> {
    await tx.sql`
      INSERT INTO refund (id, seller_order_id, payment_id, state, amount, commission_amount, is_restocked, reason, next_step_at)
      VALUES (${refund.id}, ${refund.sellerOrderId}, ${refund.paymentId}, 'PENDING', ${refund.amount}, ${refund.commissionAmount},
        ${refund.isRestocked}, ${refund.reason}, ${nextStepAt})`;
    await tx.sql`
      INSERT INTO refund_line (refund_id, order_line_id, quantity, withdrawn_quantity, amount)
      SELECT ${refund.id}::uuid, line_id, quantity, withdrawn, amount FROM unnest(
        ${parts.map(({ lineId }) => lineId)}::uuid[], ${parts.map(({ quantity }) => quantity)}::int[],
        ${parts.map(({ withdrawn }) => withdrawn)}::int[], ${parts.map(({ amount }) => String(amount))}::bigint[]
      ) AS part (line_id, quantity, withdrawn, amount)`;
  }

  /** Brings a pending one to its end. False: somebody else was faster. */
  async end(tx: Tx, id: string, to: Exclude<RefundState, 'PENDING'>): Promise<boolean> {
    const moved = await tx.sql`UPDATE refund SET state = ${to}, next_step_at = NULL WHERE id = ${id} AND state = 'PENDING' RETURNING 1`;
    return moved.length > 0;
  }

  /** Whether any refund of a locked order has no outcome yet. */
  async anyPending(tx: Tx, orderId: string): Promise<boolean> {
    const [row] = await tx.sql`
      SELECT 1 FROM refund JOIN seller_order AS part ON part.id = refund.seller_order_id
      WHERE part.order_id = ${orderId} AND refund.state = 'PENDING' LIMIT 1`;
    return row !== undefined;
  }

  /** Of a payment, those without an outcome. */
  async pendingOf(paymentId: string): Promise<readonly string[]> {
    const rows = await this.#database.sql<{ id: string }>`SELECT id FROM refund WHERE payment_id = ${paymentId} AND state = 'PENDING'`;
    return rows.map(({ id }) => id);
  }

  /** Takes over refunds whose next step nobody has taken, so that nobody else does meanwhile. */
  async due(now: Date, until: Date, limit: number): Promise<readonly string[]> {
    const rows = await this.#database.sql<{ id: string }>`
      UPDATE refund SET next_step_at = ${until}, attempts = attempts + 1 WHERE id IN (
        SELECT id FROM refund WHERE next_step_at <= ${now} ORDER BY next_step_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
      ) RETURNING id`;
    return rows.map(({ id }) => id);
  }

  /** Somebody may take the next step of a refund from `at` on. */
  async later(id: string, at: Date): Promise<void> {
    await this.#database.sql`UPDATE refund SET next_step_at = ${at} WHERE id = ${id} AND next_step_at IS NOT NULL`;
  }
}
