import type { Database } from '@plaza/db/database';
import type { Reaction } from './consumer.js';
import type { EventEnvelope } from './envelope.js';

/** Lets each event take effect once, in order. */
export async function takeEffect(_events: readonly EventEnvelope[], _reactions: readonly Reaction[], _database: Database<unknown>): Promise<void> {
  throw new Error('not written yet');
}
