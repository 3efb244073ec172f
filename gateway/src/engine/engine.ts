import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql';

/** One operation, ready to be planned: validated, within its limits, its aliases renamed, without what its asker may not have. */
export interface EngineOperation {
  /** Holds this one operation and the fragments that it uses. */
  readonly document: DocumentNode;
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** Equal for equal documents: plans are kept by it. */
  readonly key: string;
  /** One of the graph's own clients': it is planned before those of strangers. */
  readonly isTrusted?: boolean;
}

/** What is sent to a subgraph. */
export interface SubgraphQuery {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName?: string | undefined;
}

/** What a subgraph answers. */
export interface SubgraphAnswer extends ExecutionResult {
  /** Promises that no string in `data` needs an escape in JSON. */
  readonly isPlain?: boolean;
  /** Promises that every character of `data` is one of ASCII. */
  readonly isAscii?: boolean;
}

/** How one request reaches the subgraphs, in the name of its asker. */
export interface SubgraphAccess {
  /** Never rejects: a subgraph that cannot be reached answers with an error at every path that it was asked for. */
  fetch(subgraph: string, query: SubgraphQuery): Promise<SubgraphAnswer>;
  /** Events of a live field, or one result that says why there are none. Absent where nothing is live. */
  listen?(subgraph: string, query: SubgraphQuery): Promise<AsyncIterable<ExecutionResult> | ExecutionResult>;
}

export interface EngineRequest {
  readonly operation: EngineOperation;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly subgraphs: SubgraphAccess;
  /** Who pays for a plan that is not known yet; nobody without it. */
  readonly client?: string;
}

/** The keys of an answer by those of the operation that was planned; what has no entry is left out. */
export type AnswerNames = ReadonlyMap<string, { readonly key: string; readonly children: AnswerNames }>;

/** The data of an answer that has nothing else, ready to be sent. */
export interface DataText {
  readonly json: string;
  /** Whether every character is one of ASCII; else it may be. */
  readonly isAscii?: boolean;
}

/** The way through the subgraphs, made once for each {@link EngineOperation.key}. */
export interface Plan {
  readonly kind: EngineOperation['kind'];
  /** For people, in the planner's own notation. */
  readonly text: string;
}

/**
 * What plans and runs operations over the subgraphs. It knows nothing of Plaza: a supergraph goes in, operations run. Errors in results are
 * as the subgraphs gave them, their paths those of the operation.
 */
export interface Engine {
  /** What clients may select: the supergraph without what is inaccessible. */
  readonly schema: GraphQLSchema;
  /** Makes the plan, or finds it. @throws PlanTooLargeError */
  plan(operation: EngineOperation): Promise<Plan>;
  /** Queries and mutations. @throws PlanTooLargeError */
  execute(request: EngineRequest): Promise<ExecutionResult>;
  /** As `execute`; data that nothing is amiss with as text, under the names given (without them those of the operation). Absent where an engine has no such way. */
  executeData?(request: EngineRequest, names: AnswerNames | undefined): Promise<DataText | ExecutionResult>;
  /**
   * Subscriptions: each event with the fields of every subgraph. One result in place of a stream says why there is none. The next event is asked
   * of `listen` only when somebody asks for the next result: one event at a time, none ahead. What `listen` throws, the stream throws.
   */
  subscribe(request: EngineRequest): Promise<AsyncIterable<ExecutionResult> | ExecutionResult>;
  stop(): Promise<void>;
}

/** The planner gave up: the operation has too many ways through the subgraphs. */
export class PlanTooLargeError extends Error {
  override readonly name = 'PlanTooLargeError';
}
