import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { Assertions } from '@plaza/auth/assertion';
import { CallClient, type Ports } from '@plaza/calls/call-client';
import { PeopleCache } from '@plaza/calls/people';
import type { EventBus } from '@plaza/events/event-bus';
import { caughtUp } from '@plaza/kernel/caught-up';
import { systemClock } from '@plaza/kernel/clock';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import type { LiveBus } from '@plaza/live/live-bus';
import { createLogger } from '@plaza/telemetry/logger';
import { startTracing } from '@plaza/telemetry/start-tracing';
import { type ProcessConfig, readProcessConfig } from './config.js';
import { httpHost } from './http-host.js';
import { openBus } from './open-bus.js';
import { openEvents } from './open-events.js';
import { openReplicaOptions } from './open-replica.js';
import { openPorts } from './open-ports.js';
import type { RunningSubgraph } from './running-subgraph.js';
import type { SubgraphHost } from './subgraph-host.js';

/** What answers that run may still take once a stop was asked for. */
const DRAIN_MS = 4_000;
/** After this the process ends whatever still holds it. */
const LEAVE_MS = 8_000;

/**
 * Runs one subgraph in this process: reads the environment (config.ts), listens where it says, prints one line when it answers. On SIGTERM or
 * SIGINT it says that it leaves, still takes what comes until others know (PLAZA_LEAVE_SECONDS), drains and ends by itself. A start that fails
 * says why in one line and sets the exit code to 1.
 */
export async function serveSubgraph(name: SubgraphName, start: (host: SubgraphHost) => Promise<RunningSubgraph>): Promise<void> {
  const stopAsked = new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  try {
    const config = readProcessConfig(name, process.env);
    const endTracing = await startTracing(name, createLogger(config.logLevel, name), process.env);
    const ports = openPorts(config.ports);
    const secret = await secretOf(config);
    const events = await openEvents({ ...config, secret });
    const { bus, close: closeBus } = await openBus(config.redisUrl, createLogger(config.logLevel, name));
    const replica = await openReplicaOptions(name, config);
    const subgraph = await start({ ...(await hostOf({ name, config, secret, bus, events, ports: (other) => ports.get(other) })), replica });
    let isLeaving = false;
    const server = httpHost(subgraph, () => isLeaving);
    try {
      await listen(server, new URL(config.listen));
      process.stdout.write(`${name} is ready on ${config.listen}\n`);
      await stopAsked;
      isLeaving = true;
      await pause(config.leaveMs);
      await caughtUp();
      setTimeout(() => process.exit(1), LEAVE_MS).unref();
      // Streams would hold the server open for as long as somebody reads.
      await Promise.all([subgraph.endStreams(), close(server)]);
    } finally {
      await subgraph.stop();
      closeBus();
      replica?.marks.close();
      for (const port of ports.values()) port.close();
      await endTracing();
    }
  } catch (error) {
    process.stderr.write(`${name} cannot run: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

async function secretOf(config: ProcessConfig): Promise<Uint8Array> {
  const secret = Buffer.from((await readFile(config.secretFile, 'utf8')).trim(), 'hex');
  if (secret.length !== 32) throw new Error('PLAZA_INTERNAL_SECRET_FILE does not hold 64 hexadecimal digits');
  return secret;
}

interface Surroundings {
  readonly name: SubgraphName;
  readonly config: ProcessConfig;
  readonly secret: Uint8Array;
  readonly bus: LiveBus;
  readonly events: EventBus;
  readonly ports: Ports;
}

async function hostOf({ name, config, secret, bus, events, ports }: Surroundings): Promise<SubgraphHost> {
  const assertions = new Assertions(secret);
  return {
    databaseUrl: config.databaseUrl,
    poolSize: config.poolSize,
    secret,
    assertions,
    calls: new CallClient(name, assertions, ports),
    people: new PeopleCache(),
    bus,
    events,
    ports,
    clock: systemClock,
    logger: createLogger(config.logLevel, name),
    dataDir: config.dataDir,
    publicUrl: config.publicUrl,
  };
}

async function listen(server: Server, { hostname, port }: URL): Promise<void> {
  server.listen(Number(port), hostname);
  await once(server, 'listening'); // rejects on the server's error
}

/** Takes nothing new, lets what runs finish. */
async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(timer);
}
