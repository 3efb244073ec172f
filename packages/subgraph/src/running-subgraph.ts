import type { Claims, Saying } from '@plaza/auth/assertion';
import { withAside } from '@plaza/calls/aside';
import { RelationEpochs } from '@plaza/calls/relation-epochs';
import type { LiveResult, PortResult, SubgraphPort, SubgraphRequest } from '@plaza/calls/subgraph-port';
import { assertionBody } from '@plaza/calls/subgraph-port';
import type { Database } from '@plaza/db/database';
import type { Reaction } from '@plaza/events/consumer';
import type { EventEnvelope } from '@plaza/events/envelope';
import { takeEffect } from '@plaza/events/inbox';
import type { Relay } from '@plaza/events/relay';
import { SUBSCRIPTIONS } from '@plaza/events/subscriptions';
import { Fault, unavailable } from '@plaza/kernel/fault';
import { newId } from '@plaza/kernel/id';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import { watchDisk } from '@plaza/telemetry/disk';
import { watchBackups } from '@plaza/telemetry/last-backup';
import { subgraphDuration } from '@plaza/telemetry/metrics';
import { traced } from '@plaza/telemetry/tracing';
import type { Router } from 'express';
import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql';
import { execute, getOperationAST } from 'graphql';
import type { CallHandler } from './call-handler.js';
import { amissBy, type Dependence, liveFields } from './dependence.js';
import { DocumentCache } from './document-cache.js';
import { eventsCalls } from './events-calls.js';
import { keepTidy } from './keep-tidy.js';
import { maskErrors } from './mask-errors.js';
import { missingReactions } from './missing-reactions.js';
import { isStream, OpenStreams } from './open-streams.js';
import { renewed } from './renewed-scope.js';
import { type RequestScope, scopeOf } from './request-scope.js';
import type { SubgraphHost } from './subgraph-host.js';
import { runSubscription } from './subscription.js';
import { withPlainTimes } from './plain-times.js';

/** What a subgraph is made of. */
export interface SubgraphParts {
  readonly name: SubgraphName;
  readonly schema: GraphQLSchema;
  readonly database: Database<unknown>;
  /** The GraphQL context of one request: loaders and services. */
  readonly context: (scope: RequestScope) => unknown;
  readonly calls: readonly CallHandler[];
  /** One for each type that SUBSCRIPTIONS sends here. */
  readonly reactions: readonly Reaction[];
  /** What fields need beside the database; live ones need the bus, which need not be said. */
  readonly dependences?: readonly Dependence[];
  /** What reactions leave to be done once events are committed, whichever way those came. A relay at the door waits for it. Never rejects. */
  readonly afterEvents?: () => Promise<void>;
  /** Public HTTP that is not GraphQL, mounted by the gateway's host at `/<name>`. */
  readonly routes?: Router;
  /** Timers and pools to end before the database closes. */
  readonly stop?: () => Promise<void>;
}

/** A subgraph that serves: its door, its relay, its end. */
export interface RunningSubgraph extends SubgraphPort {
  executeFor(request: SubgraphRequest, saying: Saying): Promise<PortResult>;
  callFor(name: string, input: unknown, saying: Saying): Promise<unknown>;
  /**
   * Queries that came together, under one assertion for `body`, which is all of them; each is worked on by itself.
   * @throws Fault UNAUTHENTICATED for all of them
   */
  executeTogether(requests: readonly SubgraphRequest[], assertion: string, body: Uint8Array): readonly Promise<ExecutionResult>[];
  readonly routes: Router | undefined;
  readonly relay: Relay;
  /** What is away without which it serves all the same, by name: what needs it waits. */
  degraded(): readonly string[];
  /** Ends the subscriptions that it feeds and takes no more: who reads them learns that they did not end by themselves. */
  endStreams(): Promise<void>;
  /** Finishes what runs, then lets go of everything. */
  stop(): Promise<void>;
}

/**
 * Puts the parts to work. `relay` is made before them because the outbox of the parts wakes it.
 * @throws Error when a subscribed event has no reaction, or a dependence names no field: a bug of the caller.
 */
export function runSubgraph(parts: SubgraphParts, host: SubgraphHost, relay: Relay): RunningSubgraph {
  const { name, database, reactions } = parts;
  const missing = missingReactions(name, reactions);
  if (missing.length > 0) throw new Error(`${name} is sent ${missing.join(', ')} and has no reaction`);
  const schema = withPlainTimes(parts.schema);
  const live: Dependence = { isAway: () => host.bus.hearing === null, stale: liveFields(schema) };
  const amiss = amissBy([live, ...(parts.dependences ?? [])], schema);
  const documents = new DocumentCache(schema);
  const handlers = new Map([...parts.calls, ...eventsCalls(name, database, host.events)].map((call) => [call.name, call]));
  const running = new Set<Promise<unknown>>();
  const streams = new OpenStreams();
  const epochs = new RelationEpochs(host.calls);
  const endTidying = keepTidy(database, host.logger);
  const endWatches = [watchDisk(host.dataDir), watchBackups(host.dataDir)];
  const taking = host.events.take({
    name,
    types: SUBSCRIPTIONS[name] ?? [],
    async take(events) {
      await takeEffect(events, reactions, database);
      // The log's next facts need not wait for it.
      void parts.afterEvents?.();
    },
    logger: host.logger,
  });
  const check = (assertion: string, body: string): RequestScope => inTime(host.assertions.verify(assertion, name, body));

  /** Whoever says it by the very assertions that are checked with here is of this process and could sign it: it is taken as it is. */
  function taken({ by, claims, told }: Saying, body: () => string): RequestScope {
    if (by === host.assertions) return inTime({ ...claims, ...told });
    return check(by.mint(claims, name, body(), told), body());
  }

  function inTime(claims: Claims | undefined): RequestScope {
    if (claims === undefined) throw notTheirs();
    const scope = scopeOf(claims);
    // What waited on its way here until nobody waits for it any more is not begun.
    if (scope.deadline !== undefined && scope.deadline <= Date.now()) throw unavailable(name);
    return scope;
  }

  /** Counts and times a visit. What is not a Fault is a bug: it is logged here, and the visitor learns only that we are unavailable. */
  async function visit<T>(door: string, work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    let outcome = 'ok';
    const visiting = work();
    running.add(visiting);
    try {
      return await visiting;
    } catch (error) {
      outcome = error instanceof Fault ? error.code : 'INTERNAL';
      if (error instanceof Fault) throw error;
      const errorId = newId();
      host.logger.error({ err: error, errorId, door }, 'visit failed');
      throw unavailable(name, error);
    } finally {
      running.delete(visiting);
      subgraphDuration.observe({ subgraph: name, door, outcome }, (performance.now() - began) / 1_000);
    }
  }

  /** Within a span of the trace that the assertion names: what it asks of others is a part of it. */
  function within<T>(door: string, scope: RequestScope, work: (scope: RequestScope) => Promise<T>): Promise<T> {
    const { requestId, span: parent } = scope;
    const start = { name: `${name} ${door}`, kind: 'server', requestId, parent, attributes: { 'plaza.subgraph': name } } as const;
    return traced(start, (span) => work(span === undefined ? scope : { ...scope, span }));
  }

  /** What is shown of a result, with what is amiss with the fields here, and the epochs that a mutation has left. */
  function shown(result: ExecutionResult, scope: RequestScope, epochs?: ReadonlyMap<string, number>): ExecutionResult {
    const masked = maskErrors(result, scope, host.logger);
    const said = amiss();
    const hasEpochs = epochs !== undefined && epochs.size > 0;
    if (said === undefined && !hasEpochs) return masked;
    return withAside(masked, {
      ...(said === undefined ? {} : { amiss: said }),
      ...(hasEpochs ? { epochs: Object.fromEntries(epochs) } : {}),
    });
  }

  async function run(request: SubgraphRequest, identified: () => RequestScope): Promise<ExecutionResult> {
    const scope = identified();
    const document = documents.get(request.query);
    if ('errors' in document) return maskErrors(document, scope, host.logger);
    return within('execute', scope, async (now) => {
      const epochs = isMutation(document.document, request.operationName) ? new Map<string, number>() : undefined;
      const result = await execute({
        schema,
        document: document.document,
        variableValues: request.variables,
        operationName: request.operationName,
        contextValue: parts.context(epochs === undefined ? now : { ...now, epochs }),
      });
      if (now.viewer !== null && epochs !== undefined) await database.wrote(now.viewer.id);
      return shown(result, scope, epochs);
    });
  }

  async function follow(request: SubgraphRequest, assertion: string): Promise<AsyncIterableIterator<LiveResult> | ExecutionResult> {
    const scope = check(assertion, assertionBody.subscribe(request));
    const document = documents.get(request.query);
    if ('errors' in document) return maskErrors(document, scope, host.logger);
    return runSubscription({
      schema,
      document: document.document,
      variables: request.variables,
      operationName: request.operationName,
      scope,
      context: parts.context,
      renew: (then) => renewed(then, epochs),
      shown: (result) => shown(result, scope),
    });
  }

  async function answer(handler: CallHandler | undefined, input: unknown, identified: () => RequestScope): Promise<unknown> {
    const scope = identified();
    if (handler === undefined) throw new Fault('BAD_USER_INPUT', 'There is no such call.');
    return within(handler.name, scope, (now) => handler.handle(input, now));
  }

  function called(callName: string, input: unknown, identified: () => RequestScope): Promise<unknown> {
    const handler = handlers.get(callName);
    return visit(handler?.name ?? 'unknown', () => answer(handler, input, identified));
  }

  async function receive(events: readonly EventEnvelope[], assertion: string): Promise<void> {
    check(assertion, assertionBody.deliver(events));
    await takeEffect(events, reactions, database);
    await parts.afterEvents?.();
  }

  return {
    name,
    routes: parts.routes,
    relay,
    execute: (request, assertion) => visit('execute', () => run(request, () => check(assertion, assertionBody.execute(request)))),
    executeFor: (request, saying) => visit('execute', () => run(request, () => taken(saying, () => assertionBody.execute(request)))),
    executeTogether(requests, assertion, body) {
      const claims = host.assertions.verifyTogether(assertion, name, body);
      if (claims.length !== requests.length) throw notTheirs();
      return requests.map((request, index) => visit('execute', () => run(request, () => inTime(claims[index]))));
    },
    async subscribe(request, assertion) {
      const live = await visit('subscribe', () => follow(request, assertion));
      if (!isStream(live)) return live;
      return streams.keep(live);
    },
    call: (callName, input, assertion) => called(callName, input, () => check(assertion, assertionBody.call(callName, input))),
    callFor: (callName, input, saying) => called(callName, input, () => taken(saying, () => assertionBody.call(callName, input))),
    deliver: (events, assertion) => visit('deliver', () => receive(events, assertion)),
    ready: () => database.ready(),
    degraded: () => host.events.away,
    endStreams: () => streams.end(),
    async stop() {
      for (const end of endWatches) end();
      await Promise.all([relay.stop(), taking.stop(), endTidying(), streams.end()]);
      await Promise.allSettled(running);
      await parts.stop?.();
      await database.close();
    },
  };
}

const notTheirs = (): Fault => new Fault('UNAUTHENTICATED', 'Each request has claims of its own.');

const isMutation = (document: DocumentNode, operationName: string | undefined): boolean =>
  getOperationAST(document, operationName)?.operation === 'mutation';

/** The relay of a subgraph's outbox; its `wake` goes into the subgraph's Outbox. */
export function relayFor(name: SubgraphName, database: Database<unknown>, host: SubgraphHost): Relay {
  return host.events.relay({ name, database, ports: host.ports, assertions: host.assertions, logger: host.logger });
}
