import type { Assertions } from '@plaza/auth/assertion';
import type { Database } from '@plaza/db/database';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import type { Logger } from '@plaza/telemetry/logger';
import type { EventEnvelope } from './envelope.js';

/** Carries a subgraph's outbox to its consumers. */
export interface Relay {
  /** There may be work: look now. Cheap, any number of times. */
  readonly wake: () => void;
  /** Resolves when everything that was committed before the call has taken effect at every reachable consumer: for tests and the end of a demo. */
  drained(): Promise<void>;
  stop(): Promise<void>;
}

/** Where events go: the `deliver` door of a consumer. */
export interface Destination {
  deliver(events: readonly EventEnvelope[], assertion: string): Promise<void>;
}

export interface RelayOptions {
  readonly name: SubgraphName;
  readonly database: Database<unknown>;
  readonly ports: (name: SubgraphName) => Destination | undefined;
  readonly assertions: Assertions;
  readonly logger: Logger;
}

export function startRelay(_options: RelayOptions): Relay {
  throw new Error('not written yet');
}
