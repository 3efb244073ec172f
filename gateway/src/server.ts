import type { Assertions } from '@plaza/auth/assertion';
import { openCounters } from '@plaza/auth/open-counters';
import { CallClient, type Ports } from '@plaza/calls/call-client';
import type { Clock } from '@plaza/kernel/clock';
import { openBus } from '@plaza/subgraph/open-bus';
import type { Logger } from '@plaza/telemetry/logger';
import { metricsPage } from '@plaza/telemetry/metrics';
import express, { type Express, type RequestHandler } from 'express';
import type { EngineName } from './engine/create-engine.js';
import { Generation, type GenerationParts } from './generations/generation.js';
import { Generations, type Replaced } from './generations/generations.js';
import { SchemaFolder } from './generations/schema-folder.js';
import { type Graph, SCHEMA_FOLDER } from './graph.js';
import { explorerRouter } from './http/explorer.router.js';
import { front } from './http/front.js';
import { GraphqlRoute } from './http/graphql.route.js';
import { identifiedRoute } from './http/identified-route.js';
import { healthRouter, type Readiness, subgraphReadiness } from './http/health.router.js';
import { listen } from './http/listen.js';
import { gatewayServer, type GatewayServer } from './http/messages.js';
import { Opening } from './http/opening.js';
import { issuerMetadata, METADATA } from './http/well-known.js';
import { StreamServer } from './http/streams/stream-server.js';
import { AccessTokens } from './identity/access-token.js';
import { Epochs } from './identity/epochs.js';
import { KeySet } from './identity/key-set.js';
import { RevokedSessions } from './identity/revoked-sessions.js';
import { SessionsSeen } from './identity/sessions-seen.js';
import { internalCalls } from './internal-calls.js';
import { DEFAULT_LIMITS, type Limits } from './limits/limits.js';
import { OpenLines } from './limits/open-lines.js';
import { RequestLimits } from './limits/request-limits.js';
import { Blocks } from './live/blocks.js';
import { Channels } from './live/channels.js';
import { goOver } from './live/go-over.js';
import { SubgraphGuards } from './subgraphs/guard.js';
import { DEFAULT_PATIENCE, type Patience } from './subgraphs/patience.js';
import { SameTurn } from './subgraphs/same-turn.js';
import type { LiveParts } from './live/subscriber.js';
import { SocketServer } from './websocket/socket-server.js';

export interface GatewayOptions {
  /** 0 takes any free one. Not looked at when `server` listens already. */
  readonly port: number;
  readonly host: string;
  /** A server that holds the port already; without it the gateway makes its own. */
  readonly server?: GatewayServer;
  readonly ports: Ports;
  readonly assertions: Assertions;
  readonly logger: Logger;
  readonly clock: Clock;
  /** `demo` shows the explorer and answers introspection, `production` does neither. */
  readonly profile: 'demo' | 'production';
  readonly engine?: EngineName;
  /** Where plans are made; aside. */
  readonly planning?: 'aside' | 'here';
  /** A folder of its own, where plans of trusted documents are kept from one start to the next; nowhere without it. */
  readonly plansFolder?: string | undefined;
  /** What is served; without it, what is in the schema folder, and whatever comes there later. */
  readonly graph?: Graph;
  /** The folder of the supergraph and its manifest; the committed schema/ without it. */
  readonly schemaFolder?: string | undefined;
  readonly limits?: Limits;
  /** Where all gateways count requests together and tell each other of changed relations; each by itself without it. */
  readonly redisUrl?: string | undefined;
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
  /** Serves another graph, or what is in the schema folder now, without a restart: {@link Generations.replace}. */
  reload(graph?: Graph): Promise<Replaced>;
  /** Sends sockets to other gateways, spread over so many milliseconds; new ones and everything else are taken as before. */
  leave(overMs: number): Promise<void>;
  /** Finishes what runs, then lets go of everything. Safe to call twice. */
  stop(): Promise<void>;
}

const GRAPHQL_PATH = '/graphql';
const DRAIN_MS = 5_000;

/** Starts the only public door of the graph. @throws Error (`code` EADDRINUSE …) when the port cannot be had */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { logger, clock, ports, assertions } = options;
  const folder = options.schemaFolder ?? SCHEMA_FOLDER;
  const limits = options.limits ?? DEFAULT_LIMITS;
  const now = (): number => clock.now().getTime();
  const calls = internalCalls(new CallClient('gateway', assertions, ports));
  const introspection = options.profile === 'demo';
  const [{ counters, close: closeCounters }, { bus, close: closeBus }] = await Promise.all([
    openCounters(options.redisUrl, logger),
    openBus(options.redisUrl, logger),
  ]);
  const epochs = new Epochs(calls.readEpoch, now, bus);
  await epochs.start();
  const parts: GenerationParts = {
    engine: options.engine ?? 'plaza',
    planning: options.planning,
    plansFolder: options.plansFolder,
    limits,
    introspection,
    safelist: options.safelist ?? false,
    logger,
    fetches: {
      ports,
      assertions,
      epochs,
      guards: new SubgraphGuards({ ...DEFAULT_PATIENCE, ...options.patience }, now),
      turn: new SameTurn(),
      logger,
    },
  };
  const make = (number: number, graph: Graph): Promise<Generation> => Generation.start(number, graph, parts);
  const schemas = new SchemaFolder({ folder, replace: (graph) => graphs.replace(graph), logger });
  const graphs = new Generations(await make(1, options.graph ?? (await schemas.read())), { make, logger });

  const keys = new KeySet(calls.fetchKeys, now);
  const revoked = new RevokedSessions(calls.readRevoked, logger, now);
  const seen = new SessionsSeen(calls.reportSeen, logger);
  await revoked.start();

  const app = express()
    .disable('x-powered-by')
    // Answers are not kept, and a hash of each costs as much as writing it.
    .disable('etag')
    .set('trust proxy', options.trustedProxies ?? 0)
    .set('query parser', 'simple');
  const opening = new Opening(options.corsOrigins);
  app.use(opening.handle);
  const identity = { tokens: new AccessTokens(keys, clock.now), revoked, seen };
  const explorerPath = introspection ? '/' : null;
  const rates = new RequestLimits(limits.rate, counters);
  const channels = new Channels(new Blocks(calls.readBlocks), now, options.shareRestMs);
  const live: LiveParts = { graphs, channels, now, subscribers: new Set() };
  graphs.onTaken((generation) => goOver(live.subscribers, generation));
  const openLines = new OpenLines(limits.sockets);
  const common = { graphs, live, identity, limits, rates, openLines, logger };
  const streams = new StreamServer({ ...common, now });
  // Before all other routes: each of them is looked at on the way to those behind it.
  const { handle: graph } = new GraphqlRoute({ ...common, streams, explorerPath });
  app.use(GRAPHQL_PATH, graph);
  const identityReady: Readiness = async () => (revoked.isReady ? [] : ['sessions']);
  const own = [identityReady, ...(options.readiness === undefined ? [] : [options.readiness])];
  app.use('/health', healthRouter({ own, others: [subgraphReadiness(ports)] }));
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
  app.get(`${METADATA}/*issuer`, issuerMetadata);
  for (const [path, route] of Object.entries(options.routes ?? {}))
    app.use(path, identifiedRoute(path.slice(1), { identity, assertions }), route);
  const sockets = new SocketServer({
    ...common,
    corsOrigins: options.corsOrigins,
    trustedProxies: options.trustedProxies ?? 0,
    now,
  });
  if (introspection) app.use(explorerRouter(GRAPHQL_PATH));
  lastResort(app, logger);

  const server = options.server ?? gatewayServer();
  const end = async (): Promise<void> => {
    revoked.stop();
    closeCounters();
    closeBus();
    await seen.stop();
    await graphs.stop();
  };
  let listening;
  try {
    const failed = (error: unknown): void => logger.error({ err: error }, 'an answer broke off');
    const handler = front({ app, opening, path: GRAPHQL_PATH, graph, failed });
    listening = await listen(server, handler, options.port, options.host);
  } catch (error) {
    await Promise.all([sockets.stop(0), streams.stop()]);
    await end();
    throw error;
  }
  sockets.attach(server, GRAPHQL_PATH);
  const { port, stop } = listening;
  graphs.begin();
  if (options.graph === undefined) schemas.follow();
  let stopped: Promise<void> | undefined;
  return {
    port,
    reload: (graph) => (graph === undefined ? schemas.reload() : graphs.replace(graph)),
    leave: (overMs) => sockets.leave(overMs),
    stop: () => {
      schemas.stop();
      graphs.end();
      const drainMs = options.drainMs ?? DRAIN_MS;
      return (stopped ??= Promise.all([sockets.stop(drainMs), streams.stop(), stop(drainMs)]).then(end));
    },
  };
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
