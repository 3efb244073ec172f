import { createHash } from 'node:crypto';
import { type DocumentNode, GraphQLError, type GraphQLSchema, Kind, type OperationTypeNode, print } from 'graphql';
import { LRUCache } from 'lru-cache';
import { type CompiledPlan, compile, hasConditionalEntities } from './execute/compile.js';
import { type DataText, Execution, type Request, type Result } from './execute/execution.js';
import type { PlanGraph } from './execute/plan-graph.js';
import { TypeConditions } from './execute/type-condition.js';
import { specialised } from './plan/conditions.js';
import { KeptPlans } from './plan/kept-plans.js';
import { isIntrospection, keyPrefix, type NormalOperation, normalOperation } from './plan/operation.js';
import { PlannerThreads, type ThreadOptions } from './plan/planner-threads.js';
import { type MadePlan, type Overrides, type PlannerLimits, type Planning, planningHere } from './plan/planner.js';
import { Refusals } from './plan/refusals.js';
import { withoutConflicts } from './plan/split.js';
import { fieldSet, hasFields, type LoadedSupergraph, loadSupergraph } from './plan/supergraph.js';
import type { Names } from './shape/writer.js';
import type { Listen, SubgraphResult } from './subgraphs.js';

export interface EngineOptions {
  /** As composition wrote it. */
  readonly supergraphSdl: string;
  readonly planner?: PlannerLimits;
  /** Plans are made on threads of their own; without it on the thread that asks. */
  readonly threads?: ThreadOptions;
  /** A folder of its own, in which plans of trusted operations are kept from one start to the next; only with `threads`. */
  readonly plansFolder?: string | undefined;
  /**
   * Plans of what is not trusted are kept up to so many MiB of memory together. Default 64. A quarter of it is for what was asked for once: as text, so
   * that whoever asks for very many different things leaves neither those that are asked for again without a place nor much behind.
   */
  readonly planStoreMiB?: number;
  /** Is added to: plans that were there when they were asked for, and those that were not. */
  readonly planCount?: { hits: number; misses: number };
}

/** What decides which overrides are on in one request. */
export interface OverrideChoice {
  /** For labels `percent(n)`: a number from 0 (included) to 100 (excluded), the same for all requests of one user. Default: drawn. */
  readonly roll?: number;
  /** For labels of one's own. Default: off. */
  readonly isOn?: (label: string) => boolean;
}

export interface PlanRequest {
  readonly document: DocumentNode;
  readonly operationName?: string | undefined;
  /** Equal for equal documents, if the caller knows such a key. */
  readonly key?: string | undefined;
  readonly overrides?: OverrideChoice;
  /** An operation of the graph's own clients: it never waits behind those of strangers, and its plan is kept whatever else comes. */
  readonly isTrusted?: boolean | undefined;
}

/** The way of one operation through the subgraphs. */
export interface OperationPlan {
  readonly kind: OperationTypeNode;
  /** For people, in the planner's own notation. */
  readonly text: string;
  readonly execution: Execution;
}

export interface ExecuteRequest extends Request {
  readonly plan: OperationPlan;
}

export interface SubscribeRequest<T extends SubgraphResult> extends ExecuteRequest {
  readonly listen: Listen<T>;
}

const MIB = 1_048_576;
/** Of the store, for what was asked for once. */
const ONCE = 1 / 4;
/** A plan that nobody asks for so long is let go: what a siege left behind goes with it. */
const IDLE = { ttl: 300_000, updateAgeOnGet: true, ttlResolution: 1_000, perf: { now: () => performance.now() } } as const;
/** What a plan takes in memory, by its text: measured for the smallest, for ordinary ones, and for those of 500 fields. */
const PLAN_BYTES = 6_000;
const PLAN_CHARACTER_BYTES = 16;
/** Of trusted plans: each operation has one for every audience. */
const MAX_TRUSTED = 10_000;
const PERCENT = /^percent\((\d{1,3}(?:\.\d+)?)\)$/u;

/** Starts an engine. @throws GraphQLError when the supergraph cannot be read */
export const createEngine = (options: EngineOptions): FederationEngine => new FederationEngine(options);

/** Plans and runs operations over the subgraphs of one supergraph. Which of its fields a client may see is decided before. */
export class FederationEngine {
  /** What clients may select. */
  readonly schema: GraphQLSchema;
  readonly #loaded: LoadedSupergraph;
  readonly #planning: Planning;
  readonly #graph: PlanGraph;
  readonly #prefix: string;
  readonly #plans: LRUCache<string, OperationPlan>;
  /** Of what was asked for once: what the planner made, as JSON. */
  readonly #once: LRUCache<string, string>;
  readonly #count: { hits: number; misses: number };
  readonly #trusted = new Map<string, OperationPlan>();
  readonly #refusals = new Refusals();
  /** What is planned right now: whoever asks meanwhile waits for the same. */
  readonly #making = new Map<string, Promise<OperationPlan>>();

  constructor({ supergraphSdl, planner, threads, plansFolder, planStoreMiB = 64, planCount = { hits: 0, misses: 0 } }: EngineOptions) {
    this.#count = planCount;
    this.#loaded = loadSupergraph(supergraphSdl);
    this.schema = this.#loaded.apiSchema;
    const limits = planner ?? {};
    const aside = threads === undefined ? undefined : new PlannerThreads({ supergraphSdl, limits }, threads);
    if (aside === undefined) this.#planning = planningHere(this.#loaded.supergraph, planner);
    else this.#planning = plansFolder === undefined ? aside : new KeptPlans(aside, { folder: plansFolder, supergraphSdl, limits });
    const { keys, requires, wholeSchema } = this.#loaded;
    this.#graph = {
      types: new TypeConditions(wholeSchema),
      hasKey: (subgraph, known) =>
        keys
          .get(`${subgraph} ${typeof known['__typename'] === 'string' ? known['__typename'] : ''}`)
          ?.some((key) => hasFields(known, key)) ?? false,
      needs: (type, field) => {
        const needed = requires.get(`${type}.${field}`)?.map(fieldSet);
        return needed === undefined ? undefined : (known) => needed.every((set) => hasFields(known, set));
      },
    };
    this.#prefix = keyPrefix(fieldNames(this.#loaded.wholeSchema));
    this.#plans = new LRUCache({
      ...IDLE,
      maxSize: Math.ceil(planStoreMiB * MIB * (1 - ONCE)),
      sizeCalculation: ({ text }) => PLAN_BYTES + PLAN_CHARACTER_BYTES * text.length,
    });
    this.#once = new LRUCache({
      ...IDLE,
      maxSize: Math.ceil(planStoreMiB * MIB * ONCE),
      sizeCalculation: (json, key) => json.length + key.length,
    });
  }

  /**
   * Makes the plan, or finds it. What was refused once is refused again without a look, for a while.
   * @throws PlanTooLargeError, PlannerBusyError; GraphQLError for an operation that cannot be planned
   */
  async plan(request: PlanRequest): Promise<OperationPlan> {
    const on = this.#overrides(request.overrides);
    const key = keyOf(request, on);
    const known = this.#trusted.get(key) ?? this.#plans.get(key);
    this.#count[known === undefined ? 'misses' : 'hits'] += 1;
    if (known !== undefined) return known;
    this.#refusals.check(key);
    const making = this.#making.get(key) ?? this.#start(request, on, key);
    return making;
  }

  /** Whether {@link plan} has its answer already, or is at work on it: asking costs nothing then. */
  knows(request: PlanRequest): boolean {
    const key = keyOf(request, this.#overrides(request.overrides));
    return [this.#trusted, this.#plans, this.#once, this.#making, this.#refusals].some((store) => store.has(key));
  }

  /** Runs a query or a mutation. Never rejects for what a subgraph does. */
  execute({ plan, ...request }: ExecuteRequest): Promise<Result> {
    return plan.execution.execute(request);
  }

  /** As {@link execute}, the answer as JSON text: the cheapest form where all that is left to do is to send it. */
  executeText({ plan, ...request }: ExecuteRequest): Promise<string> {
    return plan.execution.executeText(request);
  }

  /**
   * As {@link execute}, the data as JSON text where all is as it should be and there is nothing else to say.
   * @param request.names the keys that the answer is to have in place of the operation's
   */
  executeData({ plan, names, ...request }: ExecuteRequest & { readonly names?: Names | undefined }): Promise<DataText | Result> {
    return plan.execution.executeData(request, names);
  }

  /**
   * Opens a live field: each event completed with the fields of other subgraphs, one after the other. One result in place of a stream says
   * why there is none.
   */
  async subscribe<T extends SubgraphResult>({ plan, listen, ...request }: SubscribeRequest<T>): Promise<AsyncIterable<Result> | Result> {
    const live = plan.execution.live(request.variables);
    if (live === undefined) return { errors: [new GraphQLError('This operation is not a subscription.')] };
    const events = await listen(live.subgraph, live.request);
    if (!(Symbol.asyncIterator in events)) return plan.execution.complete(events, request);
    return completed(events, (event) => plan.execution.complete(event, request));
  }

  /** Ends its threads. Plans that were made still run. */
  async stop(): Promise<void> {
    await this.#planning.stop();
  }

  #start(request: PlanRequest, overrides: Overrides, key: string): Promise<OperationPlan> {
    for (const store of [this.#plans, this.#once]) store.purgeStale();
    const once = this.#once.get(key);
    const making = this.#make(request, overrides, once)
      .then(
        ({ plan, made }) => {
          if (request.isTrusted === true && this.#trusted.size < MAX_TRUSTED) this.#trusted.set(key, plan);
          else if (once === undefined) this.#once.set(key, JSON.stringify(made));
          else this.#plans.set(key, plan);
          if (once !== undefined) this.#once.delete(key);
          return plan;
        },
        (error: unknown) => {
          this.#refusals.note(key, error);
          throw error;
        },
      )
      .finally(() => this.#making.delete(key));
    this.#making.set(key, making);
    return making;
  }

  /** @param once what the planner made of it before, as JSON */
  async #make(
    { document, operationName, isTrusted = false }: PlanRequest,
    overrides: Overrides,
    once: string | undefined,
  ): Promise<{ readonly plan: OperationPlan; readonly made: readonly MadePlan[] }> {
    const normal = normalOperation(document, operationName, this.#prefix, this.#loaded.fieldsRequiredWithArguments);
    const made = once === undefined ? await this.#plansOf(normal, overrides, isTrusted) : (JSON.parse(once) as readonly MadePlan[]); // written in #start
    if (made.every(({ plan }) => plan.node === undefined) && asksForData(normal)) {
      throw new GraphQLError('No subgraph can answer this operation.', { extensions: { code: 'OPERATION_NOT_PLANNABLE' } });
    }
    const compiled = (plans: readonly MadePlan[]): readonly CompiledPlan[] => plans.map(({ plan }) => compile(plan, this.#graph));
    const specialise = async (conditions: Readonly<Record<string, boolean>>): Promise<readonly CompiledPlan[]> =>
      compiled(await this.#plansOf({ ...normal, document: specialised(normal.document, conditions) }, overrides, isTrusted));
    const execution = new Execution({
      schema: this.schema,
      normal,
      plans: compiled(made),
      specialise: made.some(({ plan }) => hasConditionalEntities(plan)) ? specialise : undefined,
      keyNames: (typename) => this.#loaded.keyNames.get(typename) ?? [],
    });
    return { plan: { kind: normal.operation.operation, text: made.map(({ text }) => text).join('\n'), execution }, made };
  }

  async #plansOf(normal: NormalOperation, overrides: Overrides, isTrusted: boolean): Promise<readonly MadePlan[]> {
    const { fieldsRequiredWithArguments, wholeSchema, requires } = this.#loaded;
    const documents = fieldsRequiredWithArguments.size === 0 ? [normal.document] : withoutConflicts(normal, wholeSchema, requires);
    return this.#planning.make({ documents, overrides, isTrusted });
  }

  #overrides({ roll = Math.random() * 100, isOn }: OverrideChoice = {}): Overrides {
    return new Map(
      this.#loaded.overrideLabels.map((label) => {
        const percent = PERCENT.exec(label)?.[1];
        return [label, percent === undefined ? (isOn?.(label) ?? false) : roll < Number(percent)];
      }),
    );
  }
}

async function* completed<T, R>(events: AsyncIterable<T>, complete: (event: T) => Promise<R>): AsyncGenerator<R, void> {
  // One after the other: events keep their order, and a slow reader slows its source down.
  for await (const event of events) yield await complete(event);
}

/** Whether anything was selected that is not answered here, and not left out in any case. */
function asksForData({ operation, fragments }: NormalOperation): boolean {
  return operation.selectionSet.selections.some(function asks(node): boolean {
    const isOut = node.directives?.some(({ name, arguments: given }) => {
      const value = given?.[0]?.value;
      return value?.kind === Kind.VARIABLE ? false : value?.kind === Kind.BOOLEAN && value.value === (name.value === 'skip');
    });
    if (isOut === true) return false;
    if (node.kind === Kind.FIELD) return !isIntrospection(node) && node.name.value !== '__typename';
    const set = node.kind === Kind.INLINE_FRAGMENT ? node.selectionSet : fragments.get(node.name.value)?.selectionSet;
    return set?.selections.some(asks) ?? false;
  });
}

const keyOf = ({ key, document, operationName }: PlanRequest, on: Overrides): string =>
  `${key ?? hashOf(document)} ${operationName ?? ''} ${[...on.values()].map(Number).join('')}`;

const hashOf = (document: DocumentNode): string => createHash('sha256').update(print(document)).digest('base64');

function fieldNames(schema: GraphQLSchema): readonly string[] {
  return Object.values(schema.getTypeMap()).flatMap((type) => ('getFields' in type ? Object.keys(type.getFields()) : []));
}
