import { operationFromDocument } from '@apollo/federation-internals';
import { prettyFormatQueryPlan, type QueryPlan, QueryPlanner } from '@apollo/query-planner';
import type { DocumentNode } from 'graphql';
import type { ReadSupergraph } from './supergraph.js';

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

/** Too much waits for the planner already: the operation may be planned later. */
export class PlannerBusyError extends Error {
  override readonly name = 'PlannerBusyError';
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

/** Documents of one operation each, with its fragments: those that one operation was split into. */
export interface PlanningJob {
  readonly documents: readonly DocumentNode[];
  readonly overrides: Overrides;
  /** Whether it must not wait behind what strangers ask for. */
  readonly isTrusted: boolean;
}

/** Whoever makes plans. */
export interface Planning {
  /** @throws PlanTooLargeError, PlannerBusyError; GraphQLError for an operation that cannot be planned */
  make(job: PlanningJob): Promise<readonly MadePlan[]>;
  /** What is still planned then is rejected. Safe to call twice. */
  stop(): Promise<void>;
}

/** Apollo's planner with limits. It plans at once and holds the thread meanwhile. */
export class Planner {
  readonly #supergraph: ReadSupergraph;
  readonly #planner: QueryPlanner;

  constructor(supergraph: ReadSupergraph, limits: PlannerLimits = {}) {
    this.#supergraph = supergraph;
    this.#planner = new QueryPlanner(supergraph, { debug: { ...DEFAULTS, ...limits } });
  }

  /** @param document one operation with its fragments. @throws PlanTooLargeError */
  make(document: DocumentNode, overrides: Overrides): MadePlan {
    try {
      const operation = operationFromDocument(this.#supergraph.apiSchema(), document, { validate: false });
      const plan = this.#planner.buildQueryPlan(operation, { overrideConditions: new Map(overrides) });
      return { plan, text: prettyFormatQueryPlan(plan) };
    } catch (error) {
      if (error instanceof Error && GAVE_UP.test(error.message)) throw new PlanTooLargeError(error.message, { cause: error });
      throw error;
    }
  }
}

/** Plans on the thread that asks. */
export function planningHere(supergraph: ReadSupergraph, limits?: PlannerLimits): Planning {
  let planner: Planner | undefined;
  return {
    async make({ documents, overrides }) {
      const made = (planner ??= new Planner(supergraph, limits));
      return documents.map((document) => made.make(document, overrides));
    },
    stop: () => Promise.resolve(),
  };
}
