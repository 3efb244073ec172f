import { createServer, type Server } from 'node:http';
import type { Assertions } from '@plaza/auth/assertion';
import { CallClient, type Ports } from '@plaza/calls/call-client';
import type { Clock } from '@plaza/kernel/clock';
import type { Logger } from '@plaza/telemetry/logger';
import { metricsPage } from '@plaza/telemetry/metrics';
import express, { type Express, type RequestHandler } from 'express';
import { type GraphQLSchema, parse } from 'graphql';
import { PolicyTable, type Rights } from './access/policy-table.js';
import { publicContract } from './access/public-contract.js';
import { PublicRights } from './access/public-rights.js';
import { SameForAll } from './access/same-for-all.js';
import { type Contract, Door } from './door.js';
import { createEngine, type EngineName } from './engine/create-engine.js';
import type { Engine } from './engine/engine.js';
import { type Graph, readGraph } from './graph.js';
import { startApolloServer } from './http/apollo-server.js';
import { explorerRouter } from './http/explorer.router.js';
import { graphqlRouter } from './http/graphql.router.js';
import { cors, securityHeaders } from './http/headers.js';
import { identifiedRoute } from './http/identified-route.js';
import { healthRouter, type Readiness, subgraphReadiness } from './http/health.router.js';
import { listen } from './http/listen.js';
import { requestIds } from './http/request-id.js';
import { StreamServer } from './http/streams/stream-server.js';
import { AccessTokens } from './identity/access-token.js';
import { Epochs } from './identity/epochs.js';
import { KeySet } from './identity/key-set.js';
import { RevokedSessions } from './identity/revoked-sessions.js';
import { SessionsSeen } from './identity/sessions-seen.js';
import { internalCalls } from './internal-calls.js';
import { CostTable } from './limits/cost.js';
import { DEFAULT_LIMITS, type Limits } from './limits/limits.js';
import { OpenLines } from './limits/open-lines.js';
import { RequestLimits } from './limits/request-limits.js';
import { Blocks } from './live/blocks.js';
import { Channels } from './live/channels.js';
import { Operations } from './operations/operations.js';
import { SubgraphGuards } from './subgraphs/guard.js';
import { DEFAULT_PATIENCE, type Patience } from './subgraphs/patience.js';
import { warmUp } from './warm-up.js';
import { SocketServer } from './websocket/socket-server.js';

export interface GatewayOptions {
  /** 0 takes any free one. Not looked at when `server` listens already. */
  readonly port: number;
  readonly host: string;
  /** A server that holds the port already; without it the gateway makes its own. */
  readonly server?: Server;
  readonly ports: Ports;
  readonly assertions: Assertions;
  readonly logger: Logger;
  readonly clock: Clock;
  /** `demo` shows the explorer and answers introspection, `production` does neither. */
  readonly profile: 'demo' | 'production';
  readonly engine?: EngineName;
  /** Where plans are made; aside. */
  readonly planning?: 'aside' | 'here';
  /** What is served; the committed schema/ without it. */
  readonly graph?: Graph;
  readonly limits?: Limits;
  /** How long subgraphs are waited for. */
  readonly patience?: Partial<Patience>;
  /** Sites whose pages may read answers; all without it. */
  readonly corsOrigins?: readonly string[] | undefined;
  /** How many proxies stand before the gateway and tell the client's address by X-Forwarded-For. */
  readonly trustedProxies?: number;
  /** Public HTTP that is not GraphQL, by the path that it stands under: `{ '/media': router }`. */
  readonly routes?: Readonly<Record<string, RequestHandler>>;
  /** Names of what else is not ready yet. */
  readonly readiness?: Readiness;
  /** Whether only trusted documents run, of those who have no token to try things out with; off. */
  readonly safelist?: boolean;
  /** So long equal subscriptions are not shared after an event that was not the same for all; 10 s. */
  readonly shareRestMs?: number;
  /** How long a stop lets open requests finish; 5 s. */
  readonly drainMs?: number;
}

/** A gateway that serves. */
export interface Gateway {
  readonly port: number;
  /** Finishes what runs, then lets go of everything. Safe to call twice. */
  stop(): Promise<void>;
}

const GRAPHQL_PATH = '/graphql';
const DRAIN_MS = 5_000;

/** Starts the only public door of the graph. @throws Error (`code` EADDRINUSE …) when the port cannot be had */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { logger, clock, ports, assertions } = options;
  const graph = options.graph ?? (await readGraph());
  const limits = options.limits ?? DEFAULT_LIMITS;
  const now = (): number => clock.now().getTime();
  const calls = internalCalls(new CallClient('gateway', assertions, ports));
  const engine = await createEngine(options.engine ?? 'plaza', {
    supergraphSdl: graph.supergraphSdl,
    logger,
    newPlans: limits.rate.newPlans,
    planning: options.planning,
  });
  const { contracts, door } = makeDoor(
    engine,
    graph,
    { ...options, limits },
    {
      ports,
      assertions,
      epochs: new Epochs(calls.readEpoch, now),
      guards: new SubgraphGuards({ ...DEFAULT_PATIENCE, ...options.patience }, now),
      logger,
    },
  );
  const introspection = options.profile === 'demo';
  const { operations } = contracts.whole;
  const known = contracts.public === null ? [operations] : [operations, contracts.public.operations];
  const apollo = await startApolloServer({ schema: engine.schema, door, operations: known, limits, introspection, logger });

  const keys = new KeySet(calls.fetchKeys, now);
  const revoked = new RevokedSessions(calls.readRevoked, logger, now);
  const seen = new SessionsSeen(calls.reportSeen, logger);
  await revoked.start();

  const app = express()
    .disable('x-powered-by')
    .set('trust proxy', options.trustedProxies ?? 0)
    .set('query parser', 'simple');
  app.use(requestIds, securityHeaders, cors(options.corsOrigins));
  const identityReady: Readiness = async () => (revoked.isReady ? [] : ['sessions']);
  app.use(
    '/health',
    healthRouter([subgraphReadiness(ports), identityReady, ...(options.readiness === undefined ? [] : [options.readiness])]),
  );
  app.get('/metrics', async (_request, response) => {
    const { contentType, text } = await metricsPage();
    response.setHeader('content-type', contentType);
    response.send(text);
  });
  app.get('/.well-known/jwks.json', async (_request, response) => {
    const published = await keys.published().catch(() => null);
    if (published === null) response.status(503).json({ keys: [] });
    else response.setHeader('cache-control', 'public, max-age=60').json({ keys: published });
  });
  const identity = { tokens: new AccessTokens(keys, clock.now), revoked, seen };
  for (const [path, route] of Object.entries(options.routes ?? {}))
    app.use(path, identifiedRoute(path.slice(1), { identity, assertions }), route);
  const explorerPath = introspection ? '/' : null;
  const { documents } = graph;
  const rates = new RequestLimits(limits.rate);
  const live = { door, operations, channels: new Channels(new Blocks(calls.readBlocks), options.shareRestMs) };
  const openLines = new OpenLines(limits.sockets);
  const common = { door, live, identity, documents, limits, rates, openLines, logger };
  const streams = new StreamServer({ ...common, now });
  app.use(GRAPHQL_PATH, graphqlRouter({ ...common, apollo, streams, explorerPath }));
  const sockets = new SocketServer({
    ...common,
    schema: engine.schema,
    corsOrigins: options.corsOrigins,
    trustedProxies: options.trustedProxies ?? 0,
    now,
  });
  if (introspection) app.use(explorerRouter(GRAPHQL_PATH));
  lastResort(app, logger);

  const server = options.server ?? createServer();
  const end = async (): Promise<void> => {
    revoked.stop();
    await seen.stop();
    await apollo.stop();
    await engine.stop();
  };
  let listening;
  try {
    listening = await listen(server, app, options.port, options.host);
  } catch (error) {
    await Promise.all([sockets.stop(0), streams.stop()]);
    await end();
    throw error;
  }
  sockets.attach(server, GRAPHQL_PATH);
  const { port, stop } = listening;
  const warming = new AbortController();
  void warmUp(graph.documents, operations, engine, warming.signal).catch((error: unknown) =>
    logger.warn({ err: error }, 'plans were not all made ahead'),
  );
  let stopped: Promise<void> | undefined;
  return {
    port,
    stop: () => {
      warming.abort();
      const drainMs = options.drainMs ?? DRAIN_MS;
      return (stopped ??= Promise.all([sockets.stop(drainMs), streams.stop(), stop(drainMs)]).then(end));
    },
  };
}

function makeDoor(
  engine: Engine,
  graph: Graph,
  { profile, limits, logger, safelist = false }: GatewayOptions & { readonly limits: Limits },
  fetches: ConstructorParameters<typeof Door>[0]['fetches'],
) {
  const supergraph = parse(graph.supergraphSdl, { noLocation: true });
  const introspection = profile === 'demo';
  const policies = new PolicyTable(supergraph, engine.schema);
  const contractOf = (schema: GraphQLSchema, rights: Rights, isOpen: boolean): Contract => {
    const sameForAll = new SameForAll(supergraph, schema);
    const { documents } = graph;
    const operations = new Operations({ schema, policies: rights, sameForAll, limits: limits.document, documents, introspection: isOpen });
    return { schema, operations, costs: new CostTable(supergraph, schema) };
  };
  const forApps = publicContract(supergraph, engine.schema);
  const contracts = {
    whole: contractOf(engine.schema, policies, introspection),
    // What everybody may know is no secret in any profile.
    public: forApps.schema === null ? null : contractOf(forApps.schema, new PublicRights(policies, forApps), true),
  };
  return { contracts, door: new Door({ engine, contracts, limits, safelist, hints: introspection, fetches, logger }) };
}

/** Whatever no route took. */
function lastResort(app: Express, logger: Logger): void {
  app.use((_request, response) => {
    response.status(404).json({ error: 'There is nothing here.' });
  });
  const failed: express.ErrorRequestHandler = (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    logger.error({ err: error, requestId: response.locals['requestId'], path: request.path }, 'request failed');
    response.status(500).json({ error: 'Something went wrong on our side.' });
  };
  app.use(failed);
}
