/** Our gateway as it runs in production, before subgraphs over HTTP: authentication, limits, metrics, breakers, assertions. */
import { randomBytes } from 'node:crypto';
import { Assertions } from '@plaza/auth/assertion';
import { DEFAULT_LIMITS } from '@plaza/gateway/limits/limits';
import { readGraph } from '@plaza/gateway/graph';
import { TrustedDocuments } from '@plaza/gateway/operations/trusted-documents';
import { startGateway } from '@plaza/gateway/server';
import { systemClock } from '@plaza/kernel/clock';
import { SUBGRAPH_NAMES } from '@plaza/kernel/subgraph-name';
import { HttpPort } from '@plaza/subgraph/http-port';
import { createLogger } from '@plaza/telemetry/logger';
import type { GatewayJob } from './jobs.js';

/** The limits are looked at, and nobody reaches them. */
const PLENTY = { requests: 1_000_000_000, seconds: 60 };

async function serve({ stage, supergraphSdl, origins }: GatewayJob): Promise<number> {
  const ports = new Map(SUBGRAPH_NAMES.map((name) => [name, new HttpPort(name, origins[name] ?? '')]));
  const documents = stage === 'plaza' ? (await readGraph()).documents : TrustedDocuments.none;
  const { port } = await startGateway({
    port: 0,
    host: '127.0.0.1',
    ports: (name) => ports.get(name),
    assertions: new Assertions(randomBytes(32)),
    logger: createLogger('warn', 'gateway'),
    clock: systemClock,
    profile: 'demo',
    graph: { supergraphSdl, documents },
    limits: { ...DEFAULT_LIMITS, cost: 10_000_000, rate: { address: PLENTY, account: PLENTY, newPlans: PLENTY } },
  });
  return port;
}

process.on('message', (job: GatewayJob) => void serve(job).then((port) => process.send?.(port)));
process.on('disconnect', () => process.exit());
