import { operationFromDocument } from '@apollo/federation-internals';
import { ApolloGateway, type GraphQLDataSource } from '@apollo/gateway';
import { prettyFormatQueryPlan, type QueryPlan, type QueryPlanner } from '@apollo/query-planner';
import type { Logger } from '@plaza/telemetry/logger';
import { type ExecutionResult, GraphQLError, type GraphQLSchema, parse } from 'graphql';
import { type Engine, type EngineOperation, type EngineRequest, type Plan, PlanTooLargeError } from '../engine.js';
import { PlanStore } from './plan-store.js';
import { apolloRequest, type EngineContext } from './request-context.js';
import { dataSource } from './source.js';
import { runSubscription } from './subscription.js';
import { withoutSecurity } from './supergraph.js';

/** Planning looks at no more than so many plans of one operation; with the default of 10,000 a query of 2 KB holds the process for half a minute. */
const MAX_EVALUATED_PLANS = 100;
/** And at no more than so many ways to one field. */
const PATHS_LIMIT = 100;
const PLAN_STORE_MIB = 64;
/** What the planner throws when it counted too much; it has no code of its own for this. */
const GAVE_UP = /exceed|Invalid array length|Invalid string length/iu;

/** The stock ApolloGateway behind the seam: first to run, and what other engines are compared with. */
export class ApolloEngine implements Engine {
  readonly schema: GraphQLSchema;
  readonly #gateway: ApolloGateway;
  readonly #planner: QueryPlanner;
  readonly #plans: PlanStore;
  readonly #sources: Readonly<Record<string, GraphQLDataSource>>;
  #supergraphSchema: GraphQLSchema | undefined;

  private constructor(
    gateway: ApolloGateway,
    schema: GraphQLSchema,
    plans: PlanStore,
    sources: Readonly<Record<string, GraphQLDataSource>>,
  ) {
    const { queryPlanner } = gateway.__testing(); // the only door to the planner that the gateway made
    if (queryPlanner === undefined) throw new Error('The gateway loaded no supergraph.');
    this.schema = schema;
    this.#gateway = gateway;
    this.#planner = queryPlanner;
    this.#plans = plans;
    this.#sources = sources;
  }

  static async start(options: { readonly supergraphSdl: string; readonly logger: Logger }): Promise<ApolloEngine> {
    // Read by the constructor: without it the gateway calls home.
    process.env['APOLLO_TELEMETRY_DISABLED'] = '1'; // oxlint-disable-line node/no-process-env
    const plans = new PlanStore(PLAN_STORE_MIB);
    const sources: Record<string, GraphQLDataSource> = {};
    const gateway = new ApolloGateway({
      supergraphSdl: withoutSecurity(parse(options.supergraphSdl, { noLocation: true })),
      buildService: ({ name }) => (sources[name] = dataSource(name)),
      queryPlannerConfig: { cache: plans, debug: { maxEvaluatedPlans: MAX_EVALUATED_PLANS, pathsLimit: PATHS_LIMIT } },
      // Its header would show any client the plan.
      __exposeQueryPlanExperimental: false,
      validateSupergraph: false,
      logger: options.logger,
    });
    const { schema } = await gateway.load();
    return new ApolloEngine(gateway, schema, plans, sources);
  }

  async plan(operation: EngineOperation): Promise<Plan> {
    return { kind: operation.kind, text: prettyFormatQueryPlan(this.#plan(operation)) };
  }

  async execute(request: EngineRequest): Promise<ExecutionResult> {
    this.#plan(request.operation); // so that the gateway finds it
    const { data, errors } = await this.#gateway.executor(apolloRequest(this.schema, request));
    return { ...(data === undefined ? {} : { data }), ...(errors === undefined ? {} : { errors }) };
  }

  async subscribe(request: EngineRequest): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
    const plan = this.#plan(request.operation);
    if (plan.node?.kind !== 'Subscription') return { errors: [new GraphQLError('This operation is not a subscription.')] };
    const { supergraph } = this.#planner;
    this.#supergraphSchema ??= supergraph.schema.toGraphQLJSSchema();
    const graph = { schema: this.schema, supergraph, supergraphSchema: this.#supergraphSchema, sources: this.#sources };
    return runSubscription(plan.node, request, graph);
  }

  async stop(): Promise<void> {
    await this.#gateway.stop();
  }

  #plan({ document, key }: EngineOperation): QueryPlan {
    const known = this.#plans.peek(key);
    if (known !== undefined) return known;
    const plan = this.#make(document);
    void this.#plans.set(key, plan);
    return plan;
  }

  #make(document: EngineContext['document']): QueryPlan {
    try {
      return this.#planner.buildQueryPlan(operationFromDocument(this.#planner.supergraph.apiSchema(), document, { validate: false }));
    } catch (error) {
      if (error instanceof Error && GAVE_UP.test(error.message)) throw new PlanTooLargeError(error.message, { cause: error });
      throw error;
    }
  }
}
