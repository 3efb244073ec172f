import type { Assertions } from '@plaza/auth/assertion';
import { assertionBody, type SubgraphPort, type SubgraphRequest } from '@plaza/calls/subgraph-port';
import type { Database } from '@plaza/db/database';
import type { Reaction } from '@plaza/events/consumer';
import type { EventEnvelope } from '@plaza/events/envelope';
import { takeEffect } from '@plaza/events/inbox';
import { type Relay, startRelay } from '@plaza/events/relay';
import { Fault } from '@plaza/kernel/fault';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import type { Router } from 'express';
import type { ExecutionResult, GraphQLSchema } from 'graphql';
import { execute } from 'graphql';
import type { CallHandler } from './call-handler.js';
import { DocumentCache } from './document-cache.js';
import { maskErrors } from './mask-errors.js';
import { type RequestScope, scopeOf } from './request-scope.js';
import type { SubgraphHost } from './subgraph-host.js';

/** What a subgraph is made of. */
export interface SubgraphParts {
  readonly name: SubgraphName;
  readonly schema: GraphQLSchema;
  readonly database: Database<unknown>;
  /** The GraphQL context of one request: loaders and services. */
  readonly context: (scope: RequestScope) => unknown;
  readonly calls: readonly CallHandler[];
  readonly reactions: readonly Reaction[];
  /** Public HTTP that is not GraphQL, mounted by the gateway's host at `/<name>`. */
  readonly routes?: Router;
  /** Timers and pools to end before the database closes. */
  readonly stop?: () => Promise<void>;
}

/** A subgraph that serves: its door, its relay, its end. */
export interface RunningSubgraph extends SubgraphPort {
  readonly routes: Router | undefined;
  readonly relay: Relay;
  /** Finishes what runs, then lets go of everything. */
  stop(): Promise<void>;
}

/** Puts the parts to work. `relay` is made before them because the outbox of the parts wakes it. */
export function runSubgraph(parts: SubgraphParts, host: SubgraphHost, relay: Relay): RunningSubgraph {
  const { name, schema, database } = parts;
  const documents = new DocumentCache(schema);
  const handlers = new Map(parts.calls.map((call) => [call.name, call]));
  const running = new Set<Promise<unknown>>();
  const check = (assertion: string, body: string): RequestScope => scopeOf(host.assertions.verify(assertion, name, body));

  function tracked<T>(work: Promise<T>): Promise<T> {
    running.add(work);
    const done = (): void => void running.delete(work);
    work.then(done, done);
    return work;
  }

  async function run(request: SubgraphRequest, assertion: string): Promise<ExecutionResult> {
    const scope = check(assertion, assertionBody.execute(request));
    const document = documents.get(request.query);
    if ('errors' in document) return maskErrors(document, scope, host.logger);
    const result = await execute({
      schema,
      document: document.document,
      variableValues: request.variables,
      operationName: request.operationName,
      contextValue: parts.context(scope),
    });
    return maskErrors(result, scope, host.logger);
  }

  async function answer(callName: string, input: unknown, assertion: string): Promise<unknown> {
    const scope = check(assertion, assertionBody.call(callName, input));
    const handler = handlers.get(callName);
    if (handler === undefined) throw new Fault('BAD_USER_INPUT', 'There is no such call.');
    return handler.handle(input, scope);
  }

  async function receive(events: readonly EventEnvelope[], assertion: string): Promise<void> {
    check(assertion, assertionBody.deliver(events));
    await takeEffect(events, parts.reactions, database);
  }

  return {
    name,
    routes: parts.routes,
    relay,
    execute: (request, assertion) => tracked(run(request, assertion)),
    call: (callName, input, assertion) => tracked(answer(callName, input, assertion)),
    deliver: (events, assertion) => tracked(receive(events, assertion)),
    ready: () => database.ready(),
    async stop() {
      await relay.stop();
      await Promise.allSettled(running);
      await parts.stop?.();
      await database.close();
    },
  };
}

/** The relay of a subgraph's outbox; its `wake` goes into the subgraph's Outbox. */
export function relayFor(name: SubgraphName, database: Database<unknown>, host: SubgraphHost): Relay {
  return startRelay({ name, database, ports: host.ports, assertions: host.assertions satisfies Assertions, logger: host.logger });
}
