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

/** What an assertion's body hash covers, for each of the three doors. */
export const assertionBody = {
  execute: ({ query, operationName, variables }: SubgraphRequest): string => JSON.stringify([query, operationName ?? null, variables]),
  call: (name: string, input: unknown): string => JSON.stringify([name, input]),
  deliver: (events: readonly EventEnvelope[]): string => JSON.stringify(events),
};
