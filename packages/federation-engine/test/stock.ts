import { Supergraph } from '@apollo/federation-internals';
import { buildOperationContext, executeQueryPlan, type GraphQLDataSource } from '@apollo/gateway';
import { QueryPlanner } from '@apollo/query-planner';
import { operationFromDocument } from '@apollo/federation-internals';
import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql';
import type { Fetch } from '../src/subgraphs.js';

type Answer = Awaited<ReturnType<GraphQLDataSource['process']>>;
type GatewayRequest = Parameters<typeof executeQueryPlan>[2];

/** Apollo's own executor over the same subgraphs. */
export class Stock {
  readonly #supergraph: Supergraph;
  readonly #planner: QueryPlanner;
  readonly #api: GraphQLSchema;
  readonly #whole: GraphQLSchema;
  readonly #names: readonly string[];

  constructor(supergraphSdl: string) {
    this.#supergraph = Supergraph.build(supergraphSdl, { supportedFeatures: null, validateSupergraph: false });
    this.#planner = new QueryPlanner(this.#supergraph, { debug: { maxEvaluatedPlans: 100 } });
    this.#api = this.#supergraph.apiSchema().toGraphQLJSSchema();
    this.#whole = this.#supergraph.schema.toGraphQLJSSchema();
    this.#names = [...this.#supergraph.subgraphsMetadata()].map(({ name }) => name);
  }

  async execute(document: DocumentNode, variables: Readonly<Record<string, unknown>>, fetch: Fetch): Promise<ExecutionResult> {
    const api = this.#supergraph.apiSchema();
    const plan = this.#planner.buildQueryPlan(operationFromDocument(api, document, { validate: false }));
    return this.run(plan, document, variables, fetch);
  }

  plan(document: DocumentNode): ReturnType<QueryPlanner['buildQueryPlan']> {
    return this.#planner.buildQueryPlan(operationFromDocument(this.#supergraph.apiSchema(), document, { validate: false }));
  }

  async run(
    plan: ReturnType<QueryPlanner['buildQueryPlan']>,
    document: DocumentNode,
    variables: Readonly<Record<string, unknown>>,
    fetch: Fetch,
  ): Promise<ExecutionResult> {
    return JSON.parse(await this.text(plan, document, variables, fetch)) as ExecutionResult;
  }

  async text(
    plan: ReturnType<QueryPlanner['buildQueryPlan']>,
    document: DocumentNode,
    variables: Readonly<Record<string, unknown>>,
    fetch: Fetch,
  ): Promise<string> {
    const sources = Object.fromEntries(
      this.#names.map((name): [string, GraphQLDataSource] => [
        name,
        {
          process: async ({ request: { query = '', variables: sent = {}, operationName } }) =>
            (await fetch(name, { query, variables: sent, operationName })) as Answer, // the same JSON
        },
      ]),
    );
    const request = { request: { variables }, document, queryHash: '', context: {}, schema: this.#api, logger: console, metrics: {} };
    const context = buildOperationContext({ schema: this.#api, operationDocument: document });
    const result = await executeQueryPlan(
      plan,
      sources,
      request as unknown as GatewayRequest, // the rest is ApolloServer's and not read
      context,
      this.#whole,
      this.#supergraph.apiSchema(),
    );
    return JSON.stringify(result);
  }
}
