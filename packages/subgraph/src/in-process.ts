import { Assertions } from '@plaza/auth/assertion';
import { CallClient, type Ports } from '@plaza/calls/call-client';
import { PeopleCache } from '@plaza/calls/people';
import { doorBus } from '@plaza/events/door-bus';
import type { EventBus } from '@plaza/events/event-bus';
import { InProcessBus } from '@plaza/live/in-process-bus';
import type { LiveBus } from '@plaza/live/live-bus';
import { type Clock, systemClock } from '@plaza/kernel/clock';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import type { Logger } from '@plaza/telemetry/logger';
import type { RunningSubgraph } from './running-subgraph.js';
import type { SubgraphHost } from './subgraph-host.js';

/** What several subgraphs in one process share. */
export interface InProcessOptions {
  readonly databaseUrls: Readonly<Record<SubgraphName, string>>;
  /** The installation's internal secret (32 bytes). */
  readonly secret: Uint8Array;
  readonly dataDir: string;
  /** Without a slash at the end. */
  readonly publicUrl: string;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Ended by the caller; within this process unless given. */
  readonly bus?: LiveBus;
  /** Ended by the caller; to the subgraphs' doors unless given. */
  readonly events?: EventBus;
}

/** A process for several subgraphs: they find each other without a socket, and by the same assertions need no signature (docs/adr/0003). */
export interface InProcess {
  readonly assertions: Assertions;
  readonly ports: Ports;
  readonly running: ReadonlyMap<SubgraphName, RunningSubgraph>;
  /** Starts one here; from then on the others reach it. */
  start(name: SubgraphName, start: (host: SubgraphHost) => Promise<RunningSubgraph>): Promise<RunningSubgraph>;
  /** Ends one as if it had died: the others no longer reach it. Nothing to do for one that does not run. */
  stop(name: SubgraphName): Promise<void>;
}

export function hostInProcess(options: InProcessOptions): InProcess {
  const { databaseUrls, secret, dataDir, publicUrl, logger, clock = systemClock, bus = new InProcessBus(), events = doorBus } = options;
  const assertions = new Assertions(secret);
  const people = new PeopleCache();
  const running = new Map<SubgraphName, RunningSubgraph>();
  const ports: Ports = (name) => running.get(name);
  return {
    assertions,
    ports,
    running,
    async start(name, start) {
      const subgraph = await start({
        databaseUrl: databaseUrls[name],
        secret,
        assertions,
        calls: new CallClient(name, assertions, ports),
        people,
        bus,
        events,
        ports,
        clock,
        logger: logger.child({ subgraph: name }),
        dataDir,
        publicUrl,
      });
      running.set(name, subgraph);
      return subgraph;
    },
    async stop(name) {
      const subgraph = running.get(name);
      running.delete(name);
      await subgraph?.stop();
    },
  };
}
