import { GraphQLError, type GraphQLSchema } from 'graphql';
import { isObject, type JsonObject } from '../json.js';
import { conditionNames, conditionValues } from '../plan/conditions.js';
import type { NormalOperation } from '../plan/operation.js';
import { clientPath } from '../shape/client-path.js';
import { complete, type Introspect } from '../shape/complete.js';
import { introspection } from '../shape/introspection.js';
import { Shape } from '../shape/shape.js';
import { makeWriter, type Names, type Writer } from '../shape/writer.js';
import { dataOf, type Fetch, type SubgraphResult } from '../subgraphs.js';
import type { CompiledPlan } from './compile.js';
import { fetchText, type FetchText, variablesFor } from './fetch.js';
import { graft, type KeyNames } from './graft.js';
import { lose, type Lost, lostAt, type Run } from './run.js';

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

/** What is the same for all requests with the same conditions. */
interface Variant {
  readonly conditions: Readonly<Record<string, boolean>>;
  readonly shape: Shape;
  readonly plans: readonly CompiledPlan[];
  runs: number;
  /** By the names that the answer has; none where none can be made. */
  readonly writers: WeakMap<Names, { readonly writer: Writer | undefined }>;
}

/** The data of an answer without errors, as JSON. */
export interface DataText {
  readonly json: string;
  /** Whether every character is one of ASCII; else it may be. */
  readonly isAscii: boolean;
}

export interface ExecutionParts {
  readonly schema: GraphQLSchema;
  readonly normal: NormalOperation;
  /** One, or those of the parts that the operation was split into. */
  readonly plans: readonly CompiledPlan[];
  /** Plans anew for given conditions; absent where one plan is good for all of them. */
  readonly specialise: ((conditions: Readonly<Record<string, boolean>>) => Promise<readonly CompiledPlan[]>) | undefined;
  readonly keyNames: KeyNames;
}

/** An operation with its plan, ready to be run any number of times. */
export class Execution {
  readonly #schema: GraphQLSchema;
  readonly #normal: NormalOperation;
  readonly #plans: readonly CompiledPlan[];
  readonly #specialise: ExecutionParts['specialise'];
  readonly #keyNames: KeyNames;
  readonly #conditionNames: readonly string[];
  readonly #variants = new Map<string, Variant>();
  readonly #making = new Map<string, Promise<Variant>>();
  readonly #live: FetchText | undefined;

  constructor({ schema, normal, plans, specialise, keyNames }: ExecutionParts) {
    this.#schema = schema;
    this.#normal = normal;
    this.#plans = plans;
    this.#specialise = specialise;
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
      const variant = await this.#variant(request.variables);
      return this.#answer(await this.#run(request, variant), variant);
    } catch (error) {
      return refusal(error);
    }
  }

  /** As `execute`, the answer as JSON: written in one pass where all is as it should be. */
  async executeText(request: Request): Promise<string> {
    try {
      const variant = await this.#variant(request.variables);
      return this.#text(await this.#run(request, variant), variant);
    } catch (error) {
      return JSON.stringify(refusal(error));
    }
  }

  /**
   * As `execute`, the data as JSON where there is nothing else to say, with the keys that `names` has in place of the operation's: for who looks
   * at errors before they are sent.
   */
  async executeData(request: Request, names: Names | undefined): Promise<DataText | Result> {
    try {
      const variant = await this.#variant(request.variables);
      const run = await this.#run(request, variant);
      const json = run.errors.length === 0 ? this.#written(run, variant, names) : undefined;
      return json === undefined ? this.#answer(run, variant) : { json, isAscii: run.isAscii };
    } catch (error) {
      return refusal(error);
    }
  }

  async #run(request: Request, variant: Variant): Promise<Run> {
    const run = newRun(request, variant, {});
    await (variant.plans.length === 1 ? variant.plans[0]?.task?.(run) : this.#runParts(run, variant.plans));
    return run;
  }

  /** Completes an event of the live field. */
  async complete(event: SubgraphResult, request: Request): Promise<Result> {
    try {
      const variant = await this.#variant(request.variables);
      return this.#answer(await this.#runEvent(event, request, variant), variant);
    } catch (error) {
      return refusal(error);
    }
  }

  /** As `complete`, the answer as JSON. */
  async completeText(event: SubgraphResult, request: Request): Promise<string> {
    try {
      const variant = await this.#variant(request.variables);
      return this.#text(await this.#runEvent(event, request, variant), variant);
    } catch (error) {
      return JSON.stringify(refusal(error));
    }
  }

  async #runEvent(event: SubgraphResult, request: Request, { plans, ...variant }: Variant): Promise<Run> {
    const root = dataOf(event);
    const run = newRun(request, variant, isObject(root) ? root : {});
    if (event.isPlain !== true) run.isPlain = false;
    if (event.isAscii !== true) run.isAscii = false;
    for (const error of event.errors ?? []) lose(run, lostAt(error, this.#live?.subgraph ?? '', error.path));
    if (isObject(root)) await plans[0]?.task?.(run);
    return run;
  }

  /** The parts of an operation that no single plan can fetch, each into a root of its own. */
  async #runParts(run: Run, plans: readonly CompiledPlan[]): Promise<void> {
    const parts = plans.map((_, index): Run => (index === 0 ? run : { ...run, root: {}, errors: [] }));
    await Promise.all(plans.map(async ({ task }, index) => task?.(parts[index] ?? run)));
    const told = new Set(run.errors.map(placeOf));
    for (const part of parts.slice(1)) {
      graft(run.root, part.root, this.#keyNames);
      if (!part.isPlain) run.isPlain = false;
      if (!part.isAscii) run.isAscii = false;
      // What all of them fetch fails for all of them.
      run.errors.push(...part.errors.filter((error) => !told.has(placeOf(error))));
    }
  }

  /** At once where the conditions are known. @throws GraphQLError; what planning throws */
  #variant(variables: Readonly<Record<string, unknown>>): Variant | Promise<Variant> {
    const conditions = conditionValues(this.#conditionNames, this.#normal.operation, variables);
    const key = this.#conditionNames.map((name) => (conditions[name] === true ? '1' : '0')).join('');
    const known = this.#variants.get(key) ?? this.#making.get(key);
    if (known !== undefined) return known;
    // A client could ask for very many.
    if (this.#variants.size + this.#making.size >= MAX_VARIANTS) return this.#newVariant(conditions, this.#plans);
    if (this.#specialise === undefined) return this.#kept(key, this.#newVariant(conditions, this.#plans));
    const making = this.#specialise(conditions)
      .then((plans) => this.#kept(key, this.#newVariant(conditions, plans)))
      .finally(() => this.#making.delete(key));
    this.#making.set(key, making);
    return making;
  }

  #newVariant(conditions: Variant['conditions'], plans: readonly CompiledPlan[]): Variant {
    return {
      conditions,
      shape: Shape.of({ schema: this.#schema, operation: this.#normal, conditions }),
      plans,
      runs: 0,
      writers: new WeakMap(),
    };
  }

  #kept(key: string, variant: Variant): Variant {
    this.#variants.set(key, variant);
    return variant;
  }

  #answer(run: Run, { shape }: Variant): Result {
    const errors = run.errors.map((lost) => shown(lost, run, shape));
    const { data, flaws } = complete(run.root, shape, this.#introspect(run));
    return {
      data,
      ...(errors.length === 0 ? {} : { errors }),
      ...(flaws.length === 0 ? {} : { extensions: { valueCompletion: flaws } }),
    };
  }

  #text(run: Run, variant: Variant): string {
    const data = run.errors.length === 0 ? this.#written(run, variant, undefined) : undefined;
    return data === undefined ? JSON.stringify(this.#answer(run, variant)) : `{"data":${data}}`;
  }

  #written(run: Run, variant: Variant, names: Names | undefined): string | undefined {
    variant.runs += 1;
    // Whoever asks once pays for no code.
    if (variant.runs < RUNS_BEFORE_WRITER) return undefined;
    return writerOf(variant, names)?.(run.root, run.isPlain, this.#introspect(run));
  }

  #introspect(run: Run): Introspect {
    const about = introspection(this.#schema, this.#normal, run.variables);
    return (field) => {
      // Descriptions are written in any language.
      run.isAscii = false;
      return about(field);
    };
  }
}

const MAX_VARIANTS = 64;
const RUNS_BEFORE_WRITER = 2;
/** Stands for the operation's own keys. */
const OWN_NAMES: Names = new Map();

function writerOf({ writers, shape }: Variant, names: Names | undefined): Writer | undefined {
  const key = names ?? OWN_NAMES;
  let known = writers.get(key);
  if (known === undefined) writers.set(key, (known = { writer: makeWriter(shape, names) }));
  return known.writer;
}

const placeOf = ({ message, path }: Lost): string => JSON.stringify([message, path]);

const newRun = (
  { variables, fetch, signal }: Request,
  { conditions, shape }: Pick<Variant, 'conditions' | 'shape'>,
  root: JsonObject,
): Run => ({
  root,
  variables,
  conditions,
  shape,
  fetch,
  signal,
  errors: [],
  hasLosses: false,
  hasShared: false,
  shared: new Map(),
  entities: new Map(),
  isPlain: true,
  isAscii: true,
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
