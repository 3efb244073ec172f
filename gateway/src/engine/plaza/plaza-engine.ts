import { createEngine, type FederationEngine, type OperationPlan } from '@plaza/federation-engine/engine';
import { PlannerBusyError, PlanTooLargeError as TooLarge } from '@plaza/federation-engine/plan/planner';
import type { ThreadOptions } from '@plaza/federation-engine/plan/planner-threads';
import { unavailable } from '@plaza/kernel/fault';
import { cacheCount } from '@plaza/telemetry/cache-counts';
import { type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql';
import type { RateLimit } from '../../limits/limits.js';
import {
  type AnswerNames,
  type DataText,
  type Engine,
  type EngineOperation,
  type EngineRequest,
  type Plan,
  PlanTooLargeError,
} from '../engine.js';
import { NewPlans } from './new-plans.js';

export interface PlazaEngineOptions {
  readonly supergraphSdl: string;
  readonly newPlans?: RateLimit | undefined;
  readonly planning?: 'aside' | 'here' | undefined;
  readonly threads?: ThreadOptions;
  readonly plansFolder?: string | undefined;
}

/** The project's own engine behind the seam. */
export class PlazaEngine implements Engine {
  readonly #engine: FederationEngine;
  readonly #newPlans: NewPlans;

  private constructor(engine: FederationEngine, newPlans: NewPlans) {
    this.#engine = engine;
    this.#newPlans = newPlans;
  }

  static start({ supergraphSdl, newPlans, planning = 'aside', threads = {}, plansFolder }: PlazaEngineOptions): PlazaEngine {
    const engine = createEngine({
      supergraphSdl,
      planCount: cacheCount('plans'),
      ...(planning === 'aside' ? { threads, plansFolder } : {}),
    });
    return new PlazaEngine(engine, new NewPlans(newPlans));
  }

  get schema(): GraphQLSchema {
    return this.#engine.schema;
  }

  async plan(operation: EngineOperation): Promise<Plan> {
    try {
      const { text } = await this.#plan(operation);
      return { kind: operation.kind, text };
    } catch (error) {
      throw told(error);
    }
  }

  async execute({ operation, variables, subgraphs, client }: EngineRequest): Promise<ExecutionResult> {
    try {
      const plan = await this.#plan(operation, client);
      const { data, errors } = await this.#engine.execute({ plan, variables, fetch: (name, query) => subgraphs.fetch(name, query) });
      return { ...(data === undefined ? {} : { data }), ...(errors === undefined ? {} : { errors }) };
    } catch (error) {
      return refused(error);
    }
  }

  async executeData(
    { operation, variables, subgraphs, client }: EngineRequest,
    names: AnswerNames | undefined,
  ): Promise<DataText | ExecutionResult> {
    try {
      const plan = await this.#plan(operation, client);
      return await this.#engine.executeData({ plan, variables, names, fetch: (name, query) => subgraphs.fetch(name, query) });
    } catch (error) {
      return refused(error);
    }
  }

  async subscribe({ operation, variables, subgraphs, client }: EngineRequest): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
    if (subgraphs.listen === undefined) return { errors: [new GraphQLError('Live fields are not served here.')] };
    try {
      const plan = await this.#plan(operation, client);
      return await this.#engine.subscribe<ExecutionResult>({
        plan,
        variables,
        fetch: (name, query) => subgraphs.fetch(name, query),
        listen: async (name, query) => (await subgraphs.listen?.(name, query)) ?? { errors: [] },
      });
    } catch (error) {
      return refused(error);
    }
  }

  async stop(): Promise<void> {
    await this.#engine.stop();
  }

  async #plan({ document, key, isTrusted }: EngineOperation, client?: string): Promise<OperationPlan> {
    const request = { document, key, isTrusted };
    if (client === undefined || isTrusted === true || this.#engine.knows(request)) return this.#engine.plan(request);
    return this.#newPlans.charge(client, () => this.#engine.plan(request));
  }
}

/** An operation that no plan exists for is the client's to hear of. @throws PlanTooLargeError; Fault UNAVAILABLE; whatever else it was */
function refused(error: unknown): ExecutionResult {
  if (error instanceof GraphQLError) return { errors: [error] };
  throw told(error);
}

function told(error: unknown): unknown {
  if (error instanceof TooLarge) return new PlanTooLargeError(error.message, { cause: error });
  return error instanceof PlannerBusyError ? unavailable('The planner', error) : error;
}
