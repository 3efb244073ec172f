import { createEngine, type FederationEngine, type OperationPlan } from '@plaza/federation-engine/engine';
import { PlanTooLargeError as TooLarge } from '@plaza/federation-engine/plan/planner';
import { type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql';
import { type Engine, type EngineOperation, type EngineRequest, type Plan, PlanTooLargeError } from '../engine.js';

/** The project's own engine behind the seam. */
export class PlazaEngine implements Engine {
  readonly #engine: FederationEngine;

  private constructor(engine: FederationEngine) {
    this.#engine = engine;
  }

  static start({ supergraphSdl }: { readonly supergraphSdl: string }): PlazaEngine {
    return new PlazaEngine(createEngine({ supergraphSdl }));
  }

  get schema(): GraphQLSchema {
    return this.#engine.schema;
  }

  async plan(operation: EngineOperation): Promise<Plan> {
    const { text } = await this.#plan(operation);
    return { kind: operation.kind, text };
  }

  async execute({ operation, variables, subgraphs }: EngineRequest): Promise<ExecutionResult> {
    try {
      const plan = await this.#plan(operation);
      const { data, errors } = await this.#engine.execute({ plan, variables, fetch: (name, query) => subgraphs.fetch(name, query) });
      return { ...(data === undefined ? {} : { data }), ...(errors === undefined ? {} : { errors }) };
    } catch (error) {
      return refused(error);
    }
  }

  async subscribe({ operation, variables, subgraphs }: EngineRequest): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
    if (subgraphs.listen === undefined) return { errors: [new GraphQLError('Live fields are not served here.')] };
    const plan = await this.#plan(operation);
    return this.#engine.subscribe<ExecutionResult>({
      plan,
      variables,
      fetch: (name, query) => subgraphs.fetch(name, query),
      listen: async (name, query) => (await subgraphs.listen?.(name, query)) ?? { errors: [] },
    });
  }

  async stop(): Promise<void> {
    // It holds nothing that outlives it.
  }

  async #plan({ document, key }: EngineOperation): Promise<OperationPlan> {
    try {
      return await this.#engine.plan({ document, key });
    } catch (error) {
      if (error instanceof TooLarge) throw new PlanTooLargeError(error.message, { cause: error });
      throw error;
    }
  }
}

/** An operation that no plan exists for is the client's to hear of. */
function refused(error: unknown): ExecutionResult {
  if (error instanceof GraphQLError) return { errors: [error] };
  throw error;
}
