import type { EventEnvelope } from '@plaza/events/envelope';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import type { ExecutionResult } from 'graphql';

/** A GraphQL request to a subgraph. */
export interface SubgraphRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName?: string | undefined;
}

/**
 * The door of a subgraph, the same in one process and over HTTP. Every visit carries an assertion for exactly its body
 * (`assertionBody` of this file) and is refused with Fault UNAUTHENTICATED without one.
 */
export interface SubgraphPort {
  readonly name: SubgraphName;
  /** Never throws for what the request did: errors are in the result, masked. Throws Fault UNAVAILABLE when the subgraph cannot be reached. */
  execute(request: SubgraphRequest, assertion: string): Promise<ExecutionResult>;
  /** An internal call by its full name (`content.visiblePosts`). @throws Fault */
  call(name: string, input: unknown, assertion: string): Promise<unknown>;
  /** Hands over events in order; resolves when each has taken effect once. Safe to repeat. */
  deliver(events: readonly EventEnvelope[], assertion: string): Promise<void>;
  /** Whether it can serve: its database answers. */
  ready(): Promise<boolean>;
}

/** Texts of requests that are on their way: in one process, who asks and who is asked hold the same object and need its text both. */
const texts = new WeakMap<object, string>();

function textOf(visit: object, write: () => string): string {
  let text = texts.get(visit);
  if (text === undefined) {
    text = write();
    texts.set(visit, text);
  }
  return text;
}

/** What an assertion's body hash covers, for each of the three doors. A request is not changed once it was asserted. */
export const assertionBody = {
  execute: (request: SubgraphRequest): string =>
    textOf(request, () => JSON.stringify([request.query, request.operationName ?? null, request.variables])),
  call: (name: string, input: unknown): string => JSON.stringify([name, input]),
  deliver: (events: readonly EventEnvelope[]): string => textOf(events, () => JSON.stringify(events)),
};
