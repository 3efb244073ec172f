import type { Database } from '@plaza/db/database';
import type { ChargeStatus } from './payment-provider.js';

export interface TestChargeRow {
  readonly status: ChargeStatus;
  /** When a charge that was put off is decided. */
  readonly decidedAt: Date;
}

/** The books of the test provider. */
export class TestChargeStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  /** The charge of that key, made if there is none. */
  async insert(key: string, status: ChargeStatus, currencyCode: string, amount: string, decidedAt: Date): Promise<TestChargeRow> {
    await this.#database.sql`
      INSERT INTO test_charge (key, status, currency_code, amount, decided_at) VALUES (${key}, ${status}, ${currencyCode}, ${amount}, ${decidedAt})
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
}
