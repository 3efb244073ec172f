import type { GraphQLDataSource } from '@apollo/gateway';
import type { SubgraphAccess } from '../engine.js';

type Answer = Awaited<ReturnType<GraphQLDataSource['process']>>;

/** Sends what the plan asks of one subgraph the way that the request brought along. */
export function dataSource(subgraph: string): GraphQLDataSource {
  return {
    async process({ request, context }) {
      const { subgraphs } = context as { subgraphs: SubgraphAccess }; // put there by request-context.ts
      const { query = '', variables = {}, operationName } = request;
      const result = await subgraphs.fetch(subgraph, { query, variables, operationName });
      return result as Answer; // an ExecutionResult is one; Apollo's type wants mutable fields
    },
  };
}
