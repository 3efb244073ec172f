import { setImmediate as nextTurn } from 'node:timers/promises';

/** Of the event loop: one accepts a connection, one reads from it, one more for a connection that the first one made room for. */
const TURNS = 3;

/**
 * Resolves when what the network had brought at the call was looked at. A process that was not let run for a while finds its timers due before it
 * finds who came meanwhile: nobody is to meet a door that closes for that.
 */
export async function caughtUp(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await nextTurn();
}
