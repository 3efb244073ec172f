import type { Database } from '@plaza/db/database';
import type { Amount } from '../../money/amount.js';
import type { ChargeStatus, ProviderRefundStatus } from './payment-provider.js';

export interface TestChargeRow {
  readonly status: ChargeStatus;
  /** When a charge that was put off is decided. */
  readonly decidedAt: Date;
}

export interface TestRefundRow {
  readonly status: ProviderRefundStatus;
  readonly decidedAt: Date;
}

/** The books of the test provider. */
export class TestChargeStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  /** The charge of that key, made if there is none. */
  async insert(key: string, token: string, status: ChargeStatus, amount: Amount, decidedAt: Date): Promise<TestChargeRow> {
    await this.#database.sql`
      INSERT INTO test_charge (key, token, status, currency_code, amount, decided_at)
      VALUES (${key}, ${token}, ${status}, ${amount.currencyCode}, ${amount.amountMinor}, ${decidedAt})
      ON CONFLICT (key) DO NOTHING`;
    const charge = await this.find(key);
    if (charge === null) throw new Error('a test charge is gone');
    return charge;
  }

  async find(key: string): Promise<TestChargeRow | null> {
    const [charge] = await this.#database.sql<TestChargeRow>`SELECT status, decided_at AS "decidedAt" FROM test_charge WHERE key = ${key}`;
    return charge ?? null;
  }

  async become(key: string, from: ChargeStatus, to: ChargeStatus): Promise<void> {
    await this.#database.sql`UPDATE test_charge SET status = ${to} WHERE key = ${key} AND status = ${from}`;
  }

  /** The refund of that key, made if there is none; one of more than is left of the charge fails. */
  async refund(
    key: string,
    chargeKey: string,
    amount: string,
    statusOf: (token: string) => ProviderRefundStatus,
    decidedAt: Date,
  ): Promise<TestRefundRow> {
    return this.#database.transaction(async (tx) => {
      const [charge] = await tx.sql<{ token: string; status: ChargeStatus; amount: number }>`
        SELECT token, status, amount FROM test_charge WHERE key = ${chargeKey} FOR UPDATE`;
      if (charge?.status !== 'captured') throw new Error('the test provider has taken no such charge');
      const [known] = await tx.sql<TestRefundRow>`SELECT status, decided_at AS "decidedAt" FROM test_refund WHERE key = ${key}`;
      if (known !== undefined) return known;
      const [given] = await tx.sql<{ sum: string }>`
        SELECT coalesce(sum(amount), 0)::text AS sum FROM test_refund WHERE charge_key = ${chargeKey} AND status <> 'failed'`;
      const isLeft = BigInt(given?.sum ?? 0) + BigInt(amount) <= BigInt(charge.amount);
      const status = isLeft ? statusOf(charge.token) : 'failed';
      await tx.sql`
        INSERT INTO test_refund (key, charge_key, status, amount, decided_at) VALUES (${key}, ${chargeKey}, ${status}, ${amount}, ${decidedAt})`;
      return { status, decidedAt };
    });
  }

  async decideRefund(key: string): Promise<void> {
    await this.#database.sql`UPDATE test_refund SET status = 'succeeded' WHERE key = ${key} AND status = 'pending'`;
  }
}
