import type { executeQueryPlan } from '@apollo/gateway';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import type { EngineRequest, SubgraphAccess } from '../engine.js';

/** What Apollo's executor carries through a request; the data sources find the way to the subgraphs in its `context`. */
export type ApolloRequest = Parameters<typeof executeQueryPlan>[2];

export interface EngineContext {
  readonly document: DocumentNode;
  readonly subgraphs: SubgraphAccess;
}

/** The part of ApolloServer's request that the executor reads; no server stands behind the engine. */
export function apolloRequest(schema: GraphQLSchema, { operation, variables, subgraphs }: EngineRequest): ApolloRequest {
  const request = {
    request: { variables },
    document: operation.document,
    queryHash: operation.key,
    context: { subgraphs },
    schema,
    logger: console,
    metrics: {},
  };
  return request as unknown as ApolloRequest; // cache, source, response, … are ApolloServer's and not read here
}
