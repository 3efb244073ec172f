import type { Database } from '@plaza/db/database';
import { failpoint } from '@plaza/kernel/failpoint';
import type { Reaction } from './consumer.js';
import type { EventEnvelope } from './envelope.js';

/** Two events of one key came the wrong way round: whoever brought them reads them again. */
export class OutOfOrder extends Error {
  override readonly name = 'OutOfOrder';

  constructor({ id, type, key }: EventEnvelope) {
    super(`${type} ${id} came behind a later event of ${key}`);
  }
}

/**
 * Lets each event take effect once, in order: what an event does and the note that it was done are one transaction, so a repeat finds the note
 * and does nothing. Several reactions to one type take effect together, in the order in which they are given. Stops at the first that fails; those before it stay done.
 * @throws what the reaction threw; OutOfOrder, with none of them done, where order is broken; Error for a type that nobody here reacts to.
 */
export async function takeEffect(
  events: readonly EventEnvelope[],
  reactions: readonly Reaction[],
  database: Database<unknown>,
): Promise<void> {
  checkOrder(events);
  for (const event of events) {
    const concerned = reactions.filter(({ type }) => type === event.type);
    if (concerned.length === 0) throw new Error(`nobody here reacts to ${event.type}`);
    await database.transaction(async (tx) => {
      // A twin that is delivered at the same time waits here until the first one is committed or undone.
      const noted = await tx.sql`INSERT INTO inbox (event_id) VALUES (${event.id}) ON CONFLICT DO NOTHING RETURNING 1`;
      if (noted.length > 0) for (const { react } of concerned) await react(event, tx);
    });
    await failpoint(`inbox.${event.type}`);
  }
}

/** What a later event of a key has set, an earlier one behind it would set back. */
function checkOrder(events: readonly EventEnvelope[]): void {
  const last = new Map<string, number>();
  for (const event of events) {
    const { key, number } = event;
    if (number === undefined) continue;
    if (number < (last.get(key) ?? 0)) throw new OutOfOrder(event);
    last.set(key, number);
  }
}
