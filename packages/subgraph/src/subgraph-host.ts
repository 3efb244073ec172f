import type { Assertions } from '@plaza/auth/assertion';
import type { CallClient } from '@plaza/calls/call-client';
import type { Ports } from '@plaza/calls/call-client';
import type { PeopleCache } from '@plaza/calls/people';
import type { ReplicaOptions } from '@plaza/db/replica';
import type { EventBus } from '@plaza/events/event-bus';
import type { Clock } from '@plaza/kernel/clock';
import type { LiveBus } from '@plaza/live/live-bus';
import type { Logger } from '@plaza/telemetry/logger';

/** What every subgraph is given at its start, in one process or alone. */
export interface SubgraphHost {
  readonly databaseUrl: string;
  /** Connections to it at most; the subgraph's own default without it. */
  readonly poolSize?: number | undefined;
  /** Where it may read what is a little older. */
  readonly replica?: ReplicaOptions | undefined;
  /** The installation's internal secret (32 bytes): assertions, gates and cursors are derived from it. */
  readonly secret: Uint8Array;
  readonly assertions: Assertions;
  /** Asks other subgraphs in this subgraph's name. */
  readonly calls: CallClient;
  /** What this process knows of people: one for all the subgraphs in it. */
  readonly people: PeopleCache;
  /** The way of this subgraph's events to others, and of theirs to it. */
  readonly events: EventBus;
  /** Where the relay delivers to. */
  readonly ports: Ports;
  /** Tells other processes of this subgraph, and streams in this one, that something has happened. */
  readonly bus: LiveBus;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The folder for what is neither database nor secret: objects, mail. Each subgraph uses one folder of its own in it. */
  readonly dataDir: string;
  /** The graph's public address, for URLs in answers: http://localhost:4000 */
  readonly publicUrl: string;
}
