import type { LiveMark } from '@plaza/calls/subgraph-port';

/**
 * Thrown by the `resolve` of a subscription field: its subscriber may not see this event, and is told nothing of it. A field is `subscribe`d to
 * the bare log, and `resolve` decides with the rules of the moment, because its context is made anew for each event. What was marked before the
 * throw is still heard by whoever hands events on: where the reader now is.
 */
export class NothingToTell extends Error {
  override readonly name = 'NothingToTell';
}

const marks = new WeakMap<object, LiveMark>();

/** Called by the `resolve` of a subscription field: what whoever hands the event on must know. `context` is that of the event. */
export function markLive(context: object, mark: LiveMark): void {
  marks.set(context, mark);
}

/** What was marked on an event's context. */
export const markOf = (context: object): LiveMark | undefined => marks.get(context);
