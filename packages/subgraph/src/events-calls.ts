import { eventsPosition, rewindEvents } from '@plaza/calls/contracts/events.calls';
import type { Database } from '@plaza/db/database';
import { position, rewind } from '@plaza/events/replay';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import { answer, type CallHandler } from './call-handler.js';

/** The calls about its event log that every subgraph answers. A consumer can put back nobody but itself. */
export function eventsCalls(name: SubgraphName, database: Database<unknown>): readonly CallHandler[] {
  return [
    answer(eventsPosition(name), async () => ({ position: await position(database) })),
    answer(rewindEvents(name), async (input, { issuer }) => {
      await rewind(database, issuer, input.position);
      return {};
    }),
  ];
}
