import type { Assertions } from '@plaza/auth/assertion';
import type { Ports } from '@plaza/calls/call-client';
import { type Clock, systemClock } from '@plaza/kernel/clock';
import { SUBGRAPH_NAMES, type SubgraphName } from '@plaza/kernel/subgraph-name';
import { hostInProcess } from '@plaza/subgraph/in-process';
import type { RunningSubgraph } from '@plaza/subgraph/running-subgraph';
import type { SubgraphHost } from '@plaza/subgraph/subgraph-host';
import { createLogger, type Logger, type LogLevel } from '@plaza/telemetry/logger';
import type { RequestHandler } from 'express';
import type { Ground, Running } from './world.js';

/** The rooms that are put together. This package knows none of them, so they are handed in. */
export interface Rooms {
  readonly subgraphs: Readonly<Record<SubgraphName, (host: SubgraphHost) => Promise<RunningSubgraph>>>;
  readonly gateway: (options: GatewayRoom) => Promise<{ stop(): Promise<void> }>;
}

/** What the gateway is started with. */
export interface GatewayRoom {
  readonly port: number;
  readonly host: string;
  readonly ports: Ports;
  readonly assertions: Assertions;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly routes: Readonly<Record<string, RequestHandler>>;
}

/** Plaza in this process. What the rooms have to say goes to standard error from `PLAZA_TEST_LOG` (silent) on. */
export function inProcess(rooms: Rooms): (ground: Ground) => Promise<Running> {
  return async ({ databaseUrls, secret, dataDir, port, publicUrl }) => {
    const level = (process.env['PLAZA_TEST_LOG'] ?? 'silent') as LogLevel; // pino refuses any other word
    const logger = createLogger(level, 'world');
    const host = hostInProcess({ databaseUrls, secret, dataDir, publicUrl, logger });
    for (const name of SUBGRAPH_NAMES) await host.start(name, rooms.subgraphs[name]);
    // By name at each request: one that was revived has other routes.
    const route =
      (name: SubgraphName): RequestHandler =>
      (request, response, next) => {
        const routes = host.running.get(name)?.routes;
        if (routes === undefined) next();
        else routes(request, response, next);
      };
    const gateway = await rooms.gateway({
      port,
      host: '127.0.0.1',
      ports: host.ports,
      assertions: host.assertions,
      logger,
      clock: systemClock,
      routes: Object.fromEntries(SUBGRAPH_NAMES.map((name) => [`/${name}`, route(name)])),
    });
    return {
      ports: host.ports,
      async settled() {
        // Twice: an effect may be an event again.
        for (let round = 0; round < 2; round += 1) await Promise.all([...host.running.values()].map(({ relay }) => relay.drained()));
      },
      kill: (name) => host.stop(name),
      async revive(name) {
        await host.start(name, rooms.subgraphs[name]);
      },
      async stop() {
        await gateway.stop();
        await Promise.all(SUBGRAPH_NAMES.map((name) => host.stop(name)));
      },
    };
  };
}
