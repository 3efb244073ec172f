import type { Assertions } from '@plaza/auth/assertion';
import { assertionBody } from '@plaza/calls/subgraph-port';
import { shuffled } from '@plaza/kernel/failpoint';
import { newId } from '@plaza/kernel/id';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import { eventDelay } from '@plaza/telemetry/metrics';
import type { Carrier } from './carrier.js';
import type { EventEnvelope } from './envelope.js';

/** Where events go: the `deliver` door of a consumer. */
export interface Destination {
  deliver(events: readonly EventEnvelope[], assertion: string): Promise<void>;
}

export interface DoorCarrierOptions {
  readonly owner: SubgraphName;
  readonly consumer: SubgraphName;
  readonly types: readonly string[];
  readonly ports: (name: SubgraphName) => Destination | undefined;
  readonly assertions: Assertions;
}

/** Brings facts to a consumer's own door, signed for it: they have arrived when they have taken effect. */
export function doorCarrier({ owner, consumer, types, ports, assertions }: DoorCarrierOptions): Carrier {
  return {
    name: consumer,
    types,
    ready: async () => {},
    async carry(events) {
      const port = ports(consumer);
      if (port === undefined) throw new Error(`${consumer} is not there`);
      const claims = { viewer: null, issuer: owner, requestId: newId(), address: null, userAgent: null };
      const brought = await shuffled('relay.order', events);
      const assertion = assertions.mint(claims, consumer, assertionBody.deliver(brought));
      await port.deliver(await shuffled('wire.order', brought), assertion);
      for (const { occurredAt } of events)
        eventDelay.observe({ owner, consumer }, Math.max(0, (Date.now() - Date.parse(occurredAt)) / 1_000));
    },
  };
}
