import { buildOperationContext, executeQueryPlan, type GraphQLDataSource } from '@apollo/gateway';
import type { Supergraph } from '@apollo/federation-internals';
import type { QueryPlan, SubscriptionNode } from '@apollo/query-planner';
import { type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql';
import type { EngineRequest } from '../engine.js';
import { apolloRequest } from './request-context.js';

type Answer = Awaited<ReturnType<GraphQLDataSource['process']>>;

interface Graph {
  readonly schema: GraphQLSchema;
  readonly supergraph: Supergraph;
  /** The supergraph's whole schema; made once, it takes a while. */
  readonly supergraphSchema: GraphQLSchema;
  readonly sources: Readonly<Record<string, GraphQLDataSource>>;
}

/**
 * Listens to the subgraph that has the live field and completes each event from the others. Apollo's executor refuses subscription plans and
 * cannot be given data to begin with, but runs `Sequence(primary, rest)` whose first answer is the event.
 */
export async function runSubscription(
  { primary, rest }: SubscriptionNode,
  request: EngineRequest,
  graph: Graph,
): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
  if (request.subgraphs.listen === undefined) return { errors: [new GraphQLError('Live fields are not served here.')] };
  const variables = pick(request.variables, primary.variableUsages ?? []);
  const events = await request.subgraphs.listen(primary.serviceName, {
    query: primary.operation,
    variables,
    operationName: primary.operationName,
  });
  if (!(Symbol.asyncIterator in events)) return events;

  const plan: QueryPlan = { kind: 'QueryPlan', node: rest === undefined ? primary : { kind: 'Sequence', nodes: [primary, rest] } };
  const operation = buildOperationContext({ schema: graph.schema, operationDocument: request.operation.document });

  async function complete(event: ExecutionResult): Promise<ExecutionResult> {
    const sources = { ...graph.sources, [primary.serviceName]: beginningWith(event, graph.sources[primary.serviceName]) };
    const result = await executeQueryPlan(
      plan,
      sources,
      apolloRequest(graph.schema, request),
      operation,
      graph.supergraphSchema,
      graph.supergraph.apiSchema(),
    );
    return result as ExecutionResult; // Apollo's own name for the same shape
  }

  return completed(events, complete);
}

async function* completed(
  events: AsyncIterable<ExecutionResult>,
  complete: (event: ExecutionResult) => Promise<ExecutionResult>,
): AsyncGenerator<ExecutionResult, void> {
  // One after the other: events keep their order, and a slow reader slows its source down.
  for await (const event of events) yield await complete(event);
}

/** Answers with the event once, then asks the subgraph: `rest` may return to it. */
function beginningWith(event: ExecutionResult, source: GraphQLDataSource | undefined): GraphQLDataSource {
  let first = true;
  return {
    process(options) {
      if (first) {
        first = false;
        return Promise.resolve(event as Answer); // an ExecutionResult is one; Apollo's type wants mutable fields
      }
      if (source === undefined) throw new Error('The plan asks a subgraph that the supergraph does not name.');
      return source.process(options);
    },
  };
}

const pick = (variables: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.filter((name) => Object.hasOwn(variables, name)).map((name) => [name, variables[name]]));
