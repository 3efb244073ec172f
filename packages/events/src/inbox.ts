import type { Database } from '@plaza/db/database';
import { failpoint } from '@plaza/kernel/failpoint';
import type { Reaction } from './consumer.js';
import type { EventEnvelope } from './envelope.js';

/**
 * Lets each event take effect once, in order: what an event does and the note that it was done are one transaction, so a repeat finds the note
 * and does nothing. Several reactions to one type take effect together, in the order in which they are given. Stops at the first that fails; those before it stay done.
 * @throws what the reaction threw; Error for a type that nobody here reacts to.
 */
export async function takeEffect(
  events: readonly EventEnvelope[],
  reactions: readonly Reaction[],
  database: Database<unknown>,
): Promise<void> {
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
