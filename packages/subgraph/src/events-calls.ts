import { eventsPosition, rewindEvents } from '@plaza/calls/contracts/events.calls';
import type { Database } from '@plaza/db/database';
import type { EventBus } from '@plaza/events/event-bus';
import { position, rewind } from '@plaza/events/replay';
import { SUBGRAPH_NAMES, type SubgraphName } from '@plaza/kernel/subgraph-name';
import { answer, type CallHandler } from './call-handler.js';

/** The calls about its event log that every subgraph answers. A consumer can put back nobody but itself. */
export function eventsCalls(name: SubgraphName, database: Database<unknown>, events: EventBus): readonly CallHandler[] {
  return [
    answer(eventsPosition(name), async () => ({ position: await position(database) })),
    answer(rewindEvents(name), async (input, { issuer }) => {
      const consumer = SUBGRAPH_NAMES.find((known) => known === issuer);
      if (consumer !== undefined) await rewind(database, events.positionOf(consumer), input.position);
      return {};
    }),
  ];
}
