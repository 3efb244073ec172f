import { operationFromDocument } from '@apollo/federation-internals';
import { prettyFormatQueryPlan, type QueryPlan, QueryPlanner } from '@apollo/query-planner';
import type { DocumentNode } from 'graphql';
import type { LoadedSupergraph } from './supergraph.js';

/** How far the planner may go for one operation. */
export interface PlannerLimits {
  /** Whole plans that are compared. Default 100. */
  readonly maxEvaluatedPlans?: number;
  /** Ways to one field that are followed. Default 100. */
  readonly pathsLimit?: number;
}

/** The planner gave up: the operation has too many ways through the subgraphs. */
export class PlanTooLargeError extends Error {
  override readonly name = 'PlanTooLargeError';
}

/** What the planner throws when it counted too much; it has no code of its own for this. */
const GAVE_UP = /exceed|too many|Invalid array length|Invalid string length/iu;
const DEFAULTS = { maxEvaluatedPlans: 100, pathsLimit: 100 };

/** A plan as the planner made it, and for people. */
export interface MadePlan {
  readonly plan: QueryPlan;
  readonly text: string;
}

/** Whether the override of that label is on. */
export type Overrides = ReadonlyMap<string, boolean>;

/** Apollo's planner with limits. It plans at once and holds the thread meanwhile. */
export class Planner {
  readonly #loaded: LoadedSupergraph;
  readonly #planner: QueryPlanner;

  constructor(loaded: LoadedSupergraph, limits: PlannerLimits = {}) {
    this.#loaded = loaded;
    this.#planner = new QueryPlanner(loaded.supergraph, { debug: { ...DEFAULTS, ...limits } });
  }

  /** @param document one operation with its fragments. @throws PlanTooLargeError */
  make(document: DocumentNode, overrides: Overrides): MadePlan {
    try {
      const operation = operationFromDocument(this.#loaded.supergraph.apiSchema(), document, { validate: false });
      const plan = this.#planner.buildQueryPlan(operation, { overrideConditions: new Map(overrides) });
      return { plan, text: prettyFormatQueryPlan(plan) };
    } catch (error) {
      if (error instanceof Error && GAVE_UP.test(error.message)) throw new PlanTooLargeError(error.message, { cause: error });
      throw error;
    }
  }
}
