import type { Tx } from '@plaza/db/database';
import type { z } from 'zod';
import type { EventEnvelope } from './envelope.js';

/** A subgraph's reaction to another's facts. Its work happens in the transaction that remembers the event: at least once on the wire, once in effect. */
export interface Reaction {
  readonly type: string;
  readonly react: (envelope: EventEnvelope, tx: Tx) => Promise<void>;
}

/** `on(postPublished, async (event, tx) => …)`: the payload is checked against its contract first. */
export function on<Shape extends z.ZodObject>(
  contract: { readonly type: string; readonly shape: Shape },
  react: (payload: z.infer<Shape>, tx: Tx, envelope: EventEnvelope) => Promise<void>,
): Reaction {
  return { type: contract.type, react: (envelope, tx) => react(contract.shape.parse(envelope.payload), tx, envelope) };
}
