import type { Database, Tx } from '@plaza/db/database';
import { sqlText } from '@plaza/db/sql';
import { newId } from '@plaza/kernel/id';
import type { PaymentEventType, PaymentState } from './payment.policy.js';

export interface PaymentRow {
  readonly id: string;
  readonly orderId: string;
  readonly provider: string;
  readonly token: string;
  /** What the provider calls it. */
  readonly reference: string | null;
  readonly state: PaymentState;
  readonly currencyCode: string;
  readonly amount: string;
  readonly attempts: number;
  readonly createdAt: Date;
}

export interface PaymentEventRow {
  readonly paymentId: string;
  readonly orderId: string;
  readonly type: PaymentEventType;
  readonly amount: string;
  readonly currencyCode: string;
  readonly createdAt: Date;
}

/** One side of a posting. */
export interface Entry {
  readonly account: string;
  readonly amount: bigint;
}

const PAYMENT = sqlText`id, order_id AS "orderId", provider, token, reference, state, currency_code AS "currencyCode", amount::text AS amount,
  attempts, created_at AS "createdAt"`;

export class PaymentStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async byId(id: string): Promise<PaymentRow | null> {
    const [payment] = await this.#database.sql<PaymentRow>`
      SELECT ${PAYMENT}
      FROM payment WHERE id = ${id}`;
    return payment ?? null;
  }

  /** The attempts to pay each order, the oldest first. */
  async ofOrders(orderIds: readonly string[]): Promise<readonly PaymentRow[]> {
    return this.#database.sql<PaymentRow>`
      SELECT ${PAYMENT}
      FROM payment WHERE order_id = ANY(${orderIds}::uuid[]) ORDER BY created_at, id`;
  }

  async ofOrder(tx: Tx, orderId: string): Promise<readonly Pick<PaymentRow, 'id' | 'state'>[]> {
    return tx.sql<{ id: string; state: PaymentState }>`SELECT id, state FROM payment WHERE order_id = ${orderId}`;
  }

  /** What has happened to the payments of each order, the oldest first. */
  async eventsOf(orderIds: readonly string[]): Promise<readonly PaymentEventRow[]> {
    return this.#database.sql<PaymentEventRow>`
      SELECT event.payment_id AS "paymentId", payment.order_id AS "orderId", event.type, event.amount::text AS amount,
        payment.currency_code AS "currencyCode", event.created_at AS "createdAt"
      FROM payment_event AS event JOIN payment ON payment.id = event.payment_id
      WHERE payment.order_id = ANY(${orderIds}::uuid[]) ORDER BY event.created_at, event.id`;
  }

  async insert(tx: Tx, payment: Omit<PaymentRow, 'state' | 'attempts' | 'createdAt' | 'reference'>, nextStepAt: Date): Promise<void> {
    await tx.sql`
      INSERT INTO payment (id, order_id, provider, token, state, currency_code, amount, next_step_at)
      VALUES (${payment.id}, ${payment.orderId}, ${payment.provider}, ${payment.token}, 'CREATED', ${payment.currencyCode}, ${payment.amount},
        ${nextStepAt})`;
  }

  /** Under its order's lock: nobody moves it meanwhile. */
  async is(tx: Tx, id: string, state: PaymentState): Promise<boolean> {
    const [row] = await tx.sql`SELECT 1 FROM payment WHERE id = ${id} AND state = ${state}`;
    return row !== undefined;
  }

  /** Moves it on from the state that the caller knew. False: somebody else was faster. */
  async become(tx: Tx, id: string, from: PaymentState, to: PaymentState, nextStepAt: Date | null): Promise<boolean> {
    const moved = await tx.sql`
      UPDATE payment SET state = ${to}, next_step_at = ${nextStepAt}, attempts = 0 WHERE id = ${id} AND state = ${from} RETURNING 1`;
    return moved.length > 0;
  }

  /** Notes what has happened; once for each type, to the payment and to each refund of it. */
  async note(tx: Tx, paymentId: string, type: PaymentEventType, amount: string, subjectId = paymentId): Promise<void> {
    await tx.sql`
      INSERT INTO payment_event (id, payment_id, subject_id, type, amount) VALUES (${newId()}, ${paymentId}, ${subjectId}, ${type}, ${amount})
      ON CONFLICT (subject_id, type) DO NOTHING`;
  }

  /** The provider has told what it calls it. */
  async refer(id: string, reference: string): Promise<void> {
    await this.#database.sql`UPDATE payment SET reference = ${reference} WHERE id = ${id} AND reference IS NULL`;
  }

  /** The payment of a locked order by which its money was taken. */
  async settled(tx: Tx, orderId: string): Promise<PaymentRow | null> {
    const [payment] = await tx.sql<PaymentRow>`SELECT ${PAYMENT} FROM payment WHERE order_id = ${orderId} AND state = 'SETTLED'`;
    return payment ?? null;
  }

  /** More of it, or less, is given back; the table refuses more than was taken. */
  async changeRefunded(tx: Tx, id: string, change: bigint): Promise<void> {
    await tx.sql`UPDATE payment SET refunded_amount = refunded_amount + ${String(change)}::bigint WHERE id = ${id}`;
  }

  /** Books a posting once; the database refuses one that does not add up to nothing. */
  async post(tx: Tx, posting: string, currencyCode: string, sides: readonly Entry[]): Promise<void> {
    const entries = sides.filter(({ amount }) => amount !== 0n);
    await tx.sql`
      INSERT INTO ledger_entry (id, posting, account, currency_code, amount)
      SELECT id, ${posting}, account, ${currencyCode}, amount FROM unnest(
        ${entries.map(() => newId())}::uuid[], ${entries.map(({ account }) => account)}::text[],
        ${entries.map(({ amount }) => String(amount))}::bigint[]
      ) AS entry (id, account, amount)
      ON CONFLICT (posting, account, currency_code) DO NOTHING`;
  }

  /** Takes over payments whose next step nobody has taken, so that nobody else does meanwhile. */
  async due(now: Date, until: Date, limit: number): Promise<readonly string[]> {
    const rows = await this.#database.sql<{ id: string }>`
      UPDATE payment SET next_step_at = ${until}, attempts = attempts + 1 WHERE id IN (
        SELECT id FROM payment WHERE next_step_at <= ${now} ORDER BY next_step_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
      ) RETURNING id`;
    return rows.map(({ id }) => id);
  }

  /** Somebody may take the next step of a payment from `at` on. */
  async later(id: string, at: Date): Promise<void> {
    await this.#database.sql`UPDATE payment SET next_step_at = ${at} WHERE id = ${id} AND next_step_at IS NOT NULL`;
  }

  /** True when this notice is the first of its id. */
  async isNewNotice(provider: string, eventId: string): Promise<boolean> {
    const added = await this.#database.sql`
      INSERT INTO provider_event (provider, event_id) VALUES (${provider}, ${eventId}) ON CONFLICT DO NOTHING RETURNING 1`;
    return added.length > 0;
  }
}
