import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LiveGraph, Subscriber } from './subscriber.js';

/** Subscriptions that go over between two turns of the event loop. */
const SLICE = 100;

/** Tells all subscriptions of another graph; requests are served in between. One that fails keeps nobody else back. @throws the first failure */
export async function goOver(subscribers: ReadonlySet<Subscriber>, graph: LiveGraph): Promise<void> {
  const failures: unknown[] = [];
  let told = 0;
  for (const subscriber of subscribers) {
    try {
      subscriber.goOver(graph);
    } catch (error) {
      failures.push(error);
    }
    told += 1;
    if (told % SLICE === 0) await nextTurn();
  }
  if (failures.length > 0) throw failures[0];
}
