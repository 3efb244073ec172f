import type { Tx } from '@plaza/db/database';
import { failpoint } from '@plaza/kernel/failpoint';
import { newId } from '@plaza/kernel/id';
import type { z } from 'zod';

/** Hash lanes: events of one key share a lane, lanes go their way side by side. */
export const LANES = 8;

/**
 * Where a subgraph's facts are written: a row beside the state, in the same transaction. The relay reads it.
 *
 * Order: for two events of one key to come in the order of their making, a writer locks what the key names (its row FOR UPDATE, or an advisory
 * transaction lock) before it appends, and appends in the transaction that holds the lock. Then their numbers have the order of their commits.
 * Nothing that commits late is skipped, and a transaction that stays open holds nobody else's events up (docs/adr/0005).
 */
export class Outbox {
  readonly #wake: () => void;

  /** `wake` tells the relay of this process that there is work. */
  constructor(wake: () => void) {
    this.#wake = wake;
  }

  /** Writes one event. @throws when the payload breaks the contract: a bug of the caller. */
  async append<Shape extends z.ZodObject>(
    tx: Tx,
    contract: { readonly type: string; readonly shape: Shape; readonly key: string },
    payload: z.input<Shape>,
  ): Promise<void> {
    const checked = contract.shape.parse(payload) as Readonly<Record<string, unknown>>;
    const key = String(checked[contract.key]);
    await failpoint(`outbox.${contract.type}`);
    await tx.sql`
      INSERT INTO outbox (id, lane, key, type, payload)
      VALUES (${newId()}, ${laneOf(key)}, ${key}, ${contract.type}, ${JSON.stringify(checked)})`;
    tx.afterCommit(this.#wake);
  }
}

/** The lane of a key: the UUID's last byte, which is random in version 7. */
export function laneOf(key: string): number {
  return Number.parseInt(key.slice(-2), 16) % LANES;
}
