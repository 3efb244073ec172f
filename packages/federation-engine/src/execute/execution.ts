import { GraphQLError, type GraphQLSchema } from 'graphql';
import { isObject, type JsonObject } from '../json.js';
import { conditionNames, conditionValues } from '../plan/conditions.js';
import type { NormalOperation } from '../plan/operation.js';
import { clientPath } from '../shape/client-path.js';
import { complete, type Introspect } from '../shape/complete.js';
import { introspection } from '../shape/introspection.js';
import { Shape } from '../shape/shape.js';
import { dataOf, type Fetch, type SubgraphResult } from '../subgraphs.js';
import type { CompiledPlan } from './compile.js';
import { fetchText, type FetchText, variablesFor } from './fetch.js';
import { graft, type KeyNames } from './graft.js';
import { type Lost, lostAt, type Run } from './run.js';

/** What one request brings along. */
export interface Request {
  readonly variables: Readonly<Record<string, unknown>>;
  readonly fetch: Fetch;
  /** When it is aborted no further subgraph is asked. */
  readonly signal?: AbortSignal | undefined;
}

/** An answer. Without `data` nothing was run. */
export interface Result {
  readonly data?: JsonObject | null;
  readonly errors?: readonly GraphQLError[];
  /** `valueCompletion`: values that subgraphs should not have given and what became null for them. */
  readonly extensions?: Readonly<Record<string, unknown>>;
}

interface Conditions {
  readonly values: Readonly<Record<string, boolean>>;
  readonly shape: Shape;
}

export interface ExecutionParts {
  readonly schema: GraphQLSchema;
  readonly normal: NormalOperation;
  /** One, or those of the parts that the operation was split into. */
  readonly plans: readonly CompiledPlan[];
  readonly keyNames: KeyNames;
}

/** An operation with its plan, ready to be run any number of times. */
export class Execution {
  readonly #schema: GraphQLSchema;
  readonly #normal: NormalOperation;
  readonly #plans: readonly CompiledPlan[];
  readonly #keyNames: KeyNames;
  readonly #conditionNames: readonly string[];
  readonly #shapes = new Map<string, Shape>();
  readonly #live: FetchText | undefined;

  constructor({ schema, normal, plans, keyNames }: ExecutionParts) {
    this.#schema = schema;
    this.#normal = normal;
    this.#plans = plans;
    this.#keyNames = keyNames;
    this.#conditionNames = conditionNames(normal);
    const live = plans[0]?.live;
    this.#live = live === undefined ? undefined : fetchText(live);
  }

  /** The request that opens the stream of a live field. */
  live(variables: Readonly<Record<string, unknown>>): { readonly subgraph: string; readonly request: Parameters<Fetch>[1] } | undefined {
    if (this.#live === undefined) return undefined;
    const { subgraph, query, operationName } = this.#live;
    return { subgraph, request: { query, operationName, variables: variablesFor(this.#live, { variables }) } };
  }

  async execute(request: Request): Promise<Result> {
    try {
      const conditions = this.#conditions(request.variables);
      const run = newRun(request, conditions, {});
      await (this.#plans.length === 1 ? this.#plans[0]?.task?.(run) : this.#runParts(run));
      return this.#answer(run, conditions);
    } catch (error) {
      return refusal(error);
    }
  }

  /** Completes an event of the live field. */
  async complete(event: SubgraphResult, request: Request): Promise<Result> {
    try {
      const conditions = this.#conditions(request.variables);
      const root = dataOf(event);
      const run = newRun(request, conditions, isObject(root) ? root : {});
      if (event.isPlain !== true) run.isPlain = false;
      for (const error of event.errors ?? []) run.errors.push(lostAt(error, this.#live?.subgraph ?? '', error.path));
      if (isObject(root)) await this.#plans[0]?.task?.(run);
      return this.#answer(run, conditions);
    } catch (error) {
      return refusal(error);
    }
  }

  /** The parts of an operation that no single plan can fetch, each into a root of its own. */
  async #runParts(run: Run): Promise<void> {
    const parts = this.#plans.map((_, index): Run => (index === 0 ? run : { ...run, root: {}, errors: [] }));
    await Promise.all(this.#plans.map(({ task }, index) => task?.(parts[index] ?? run)));
    const told = new Set(run.errors.map(placeOf));
    for (const part of parts.slice(1)) {
      graft(run.root, part.root, this.#keyNames);
      if (!part.isPlain) run.isPlain = false;
      // What all of them fetch fails for all of them.
      run.errors.push(...part.errors.filter((error) => !told.has(placeOf(error))));
    }
  }

  /** @throws GraphQLError */
  #conditions(variables: Readonly<Record<string, unknown>>): Conditions {
    const values = conditionValues(this.#conditionNames, this.#normal.operation, variables);
    const key = this.#conditionNames.map((name) => (values[name] === true ? '1' : '0')).join('');
    let shape = this.#shapes.get(key);
    if (shape === undefined) {
      shape = Shape.of({ schema: this.#schema, operation: this.#normal, conditions: values });
      // Each vector of conditions has a shape of its own; a client could ask for very many.
      if (this.#shapes.size < MAX_SHAPES) this.#shapes.set(key, shape);
    }
    return { values, shape };
  }

  #answer(run: Run, { shape }: Conditions): Result {
    const errors = run.errors.map((lost) => shown(lost, run, shape));
    const { data, flaws } = complete(run.root, shape, this.#introspect(run));
    return {
      data,
      ...(errors.length === 0 ? {} : { errors }),
      ...(flaws.length === 0 ? {} : { extensions: { valueCompletion: flaws } }),
    };
  }

  #introspect(run: Run): Introspect {
    return introspection(this.#schema, this.#normal, run.variables);
  }
}

const MAX_SHAPES = 64;

const placeOf = ({ message, path }: Lost): string => JSON.stringify([message, path]);

const newRun = ({ variables, fetch, signal }: Request, conditions: Conditions, root: JsonObject): Run => ({
  root,
  variables,
  conditions: conditions.values,
  fetch,
  signal,
  errors: [],
  shared: new Map(),
  isPlain: true,
});

function shown({ message, path, extensions, cause }: Lost, run: Run, shape: Shape): GraphQLError {
  return new GraphQLError(message, {
    extensions,
    ...(path === undefined ? {} : { path: clientPath(path, run.root, shape) }),
    ...(cause instanceof Error ? { originalError: cause } : {}),
  });
}

function refusal(error: unknown): Result {
  if (error instanceof GraphQLError) return { errors: [error] };
  throw error;
}
