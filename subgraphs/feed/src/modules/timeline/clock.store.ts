import type { Tx } from '@plaza/db/database';

/**
 * The clock of feeds. Whoever changes what feeds hold moves it on before the first change and so holds it until they commit: numbers come in the
 * order of commits, and who has read up to a number has missed nothing below it.
 */
export class ClockStore {
  /** The number of this transaction's changes. Take it late: everybody else waits from here to the commit. */
  async tick(tx: Tx): Promise<number> {
    const [row] = await tx.sql<{ number: number }>`UPDATE feed_clock SET number = number + 1 RETURNING number`;
    if (row === undefined) throw new Error('the clock of feeds is gone');
    return row.number;
  }

  /** The read models are made anew: no number from before says anything about them, and what they replace is not kept. */
  async newGeneration(tx: Tx): Promise<void> {
    await tx.sql`SELECT set_config('plaza.forget', 'on', true)`;
    await tx.sql`UPDATE feed_clock SET number = number + 1, generation = generation + 1`;
  }
}
