import type { LiveMark } from '@plaza/calls/subgraph-port';
import { Fault } from '@plaza/kernel/fault';
import type { Logger } from '@plaza/telemetry/logger';
import { traced } from '@plaza/telemetry/tracing';
import { execute, type ExecutionResult, getNamedType, getVariableValues, GraphQLError, type GraphQLSchema } from 'graphql';
import type { Access } from './access/policy-table.js';
import { rulesOf } from './access/token-class.js';
import { degradedPlaces } from './answer/degraded.js';
import { placesIn } from './answer/places.js';
import type { SaidAmiss } from './answer/said-amiss.js';
import { share } from './answer/answer-bytes.js';
import { EqualAnswers } from './answer/equal-answers.js';
import { denialError, type ErrorScope, shownErrors } from './answer/errors.js';
import { type DataText, type Engine, type EngineRequest, PlanTooLargeError } from './engine/engine.js';
import type { Work } from './generations/work.js';
import type { CostTable } from './limits/cost.js';
import type { Limits } from './limits/limits.js';
import { networkOf } from './limits/rate-limit.js';
import { completedEvents, joinedAnswers, openedUpstreams, shownErrorCount } from './metrics.js';
import { variablesBreach } from './limits/variable-limits.js';
import type { Operations, Prepared, Refused } from './operations/operations.js';
import { restore } from './operations/restore.js';
import { ShortTurns } from './operations/short-turns.js';
import type { AdmittedRequest, Caller } from './request.js';
import { type FetchParts, RequestFetches } from './subgraph-fetches.js';

/** What a client sent, whatever it came over. */
export interface OperationParams {
  readonly text: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A schema that is asked, with what may run in it. */
export interface Contract {
  readonly schema: GraphQLSchema;
  readonly operations: Operations;
  readonly costs: CostTable;
}

export interface DoorParts {
  readonly engine: Engine;
  readonly contracts: {
    readonly whole: Contract;
    /** For other people's apps; null where the graph has nothing for them. */
    readonly public: Contract | null;
  };
  readonly limits: Limits;
  /** Whether only trusted documents run, for those whom that is for: see access/token-class.ts. */
  readonly safelist: boolean;
  /** Whether messages may name what the client may have meant. */
  readonly hints: boolean;
  readonly fetches: FetchParts;
  /** Is told of everything that needs the engine. */
  readonly work: Work;
  readonly logger: Logger;
}

/** An event of a subscription, ready for its client, and what its subgraph said of it. */
export interface DoorEvent {
  readonly result: ExecutionResult;
  readonly mark: LiveMark | undefined;
}

export interface SubscribeOptions {
  /** What the subscriber has seen already; undefined: from now on. */
  readonly cursor: unknown;
  /** Aborted when the subscriber leaves. */
  readonly signal: AbortSignal;
  /** Hears where the subscriber is when that is told without an event. */
  readonly onMark: (mark: LiveMark) => void;
}

const MAX_ERRORS = 3;

/** The one way in for operations: `admit` decides whether one may run, `execute` or `subscribe` runs it. Transports bring the caller and carry the answer. */
export class Door {
  readonly #parts: DoorParts;
  /** A text that nobody has sent before takes up to some twenty milliseconds: a flood of them holds nobody up for longer than one. */
  readonly #newTexts = new ShortTurns();
  readonly #answers = new EqualAnswers<DataText | ExecutionResult>();

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  /** @throws Fault UNAVAILABLE when it cannot be told what the viewer may see */
  async admit(params: OperationParams, caller: Caller): Promise<AdmittedRequest | Refused> {
    const isNew = this.#parts.contracts[rulesOf(caller).contract]?.operations.knows(params.text) === false;
    const prepared = isNew ? await this.#newTexts.take(() => this.#look(params, caller)) : this.#look(params, caller);
    if (prepared.kind === 'refused') return prepared;
    const { fetches, work } = this.#parts;
    const { identity } = caller;
    const askedAt = performance.now();
    const epoch = identity === null ? null : await work.during(() => fetches.epochs.current(identity.userId));
    return { kind: 'admitted', caller, prepared, variables: params.variables, epoch, waitedMs: performance.now() - askedAt };
  }

  /** Looks anew, with this door's graph, at a request that another's has admitted. */
  readmit(request: AdmittedRequest): AdmittedRequest | Refused {
    const { caller, variables } = request;
    const { text, operationName } = request.prepared;
    const prepared = this.#look({ text, operationName, variables }, caller);
    return prepared.kind === 'refused' ? prepared : { ...request, prepared };
  }

  #look(params: OperationParams, caller: Caller): Prepared | Refused {
    const { contracts, limits, safelist, engine } = this.#parts;
    const rules = rulesOf(caller);
    const contract = contracts[rules.contract];
    if (contract === null)
      return refused([new GraphQLError('This graph has nothing for apps.', { extensions: { code: 'INSUFFICIENT_SCOPE' } })]);
    const breach = variablesBreach(params.variables, limits.variables);
    if (breach !== null) return refused([new GraphQLError(breach.message, { extensions: { code: breach.code } })]);
    const prepared = contract.operations.prepare(params.text, params.operationName, accessOf(caller));
    if (prepared.kind === 'refused') return prepared;
    if (safelist && rules.documents === 'trusted' && !prepared.planned.isTrusted) return refused([NOT_TRUSTED]);
    const about = aboutSchema(prepared);
    if (caller.app !== null && about > 0 && about < prepared.shape.size) return refused([SCHEMA_ALONE]);
    const { operation, document } = prepared;
    // A subscription is its one field: there is nothing beside it to be answered.
    const denied = prepared.live === null ? undefined : [...prepared.shape.values()].find(({ denial }) => denial !== null);
    if (denied?.denial != null) return refused([denialError([denied.key], denied.denial)]);
    const { coerced, errors } = getVariableValues(engine.schema, operation.variableDefinitions ?? [], params.variables, {
      maxErrors: MAX_ERRORS,
    });
    if (coerced === undefined) return refused(errors.slice(0, MAX_ERRORS).map((error) => this.#badVariable(error)));
    const cost = contract.costs.of(operation, document, coerced);
    const budget = rules.budget === 'apps' ? Math.min(limits.costOfApps, limits.cost) : limits.cost;
    if (cost > budget)
      return refused([
        new GraphQLError(`The operation costs ${cost}, more than ${budget}. Ask for shorter lists.`, {
          extensions: { code: 'COST_EXCEEDED' },
        }),
      ]);
    return prepared;
  }

  /** Queries and mutations. @throws Fault COST_EXCEEDED when the operation cannot be planned within bounds */
  async execute(request: AdmittedRequest): Promise<ExecutionResult> {
    return this.#execute(request, async (asked, amiss) => this.#shown(await this.#parts.engine.execute(asked), request, amiss));
  }

  /** As `execute`; data that nothing is amiss with as text, where the engine can write it. @throws as `execute` */
  async executeData(request: AdmittedRequest): Promise<DataText | ExecutionResult> {
    const { engine } = this.#parts;
    const { isDenied, isChanged, shape } = request.prepared;
    if (engine.executeData === undefined || isDenied) return this.execute(request);
    const ask = async (asked: EngineRequest, amiss: SaidAmiss): Promise<DataText | ExecutionResult> => {
      const answer = await engine.executeData?.(asked, isChanged ? shape : undefined);
      if (answer === undefined || !('json' in answer)) return this.#shown(answer ?? {}, request, amiss);
      return amiss.isEmpty ? answer : this.#withPlaces(answer, request, amiss);
    };
    return this.#execute(request, ask, request.prepared.planned.kind === 'query' ? this.#answers : undefined);
  }

  /** `equal`: where those who ask the same in this turn are given the same. */
  async #execute<T extends DataText | ExecutionResult>(
    request: AdmittedRequest,
    ask: (asked: EngineRequest, amiss: SaidAmiss) => Promise<T>,
    equal?: EqualAnswers<T>,
  ): Promise<T | ExecutionResult> {
    const { fetches, contracts, work } = this.#parts;
    const { prepared, variables, caller } = request;
    const { operation, planned: wanted } = prepared;
    const { requestId } = caller;
    if (caller.app !== null && contracts.public !== null && aboutSchema(prepared) > 0) return answerAbout(contracts.public.schema, request);
    const name = `${wanted.kind} ${operation.name?.value ?? ''}`.trim();
    const start = { name, kind: 'server', requestId, attributes: { 'graphql.operation.type': wanted.kind } } as const;
    const run = (span: string | undefined): Promise<T> => {
      const begin = (): Promise<T> => {
        const subgraphs = new RequestFetches(request, fetches, null, span);
        return planned(ask({ operation: wanted, variables, subgraphs, ...payer(request) }, subgraphs.amiss));
      };
      if (equal === undefined) return begin();
      const { answer, isJoined } = equal.ask(request, begin);
      // What was refused may have been refused for reasons of somebody else's.
      return isJoined ? answer.then(toldAgain, begin) : answer;
    };
    return work.during(() => traced<T | ExecutionResult>(start, run, firstCode));
  }

  /**
   * Subscriptions: a stream of events, each as of its own moment, or one result that says why there is none. The stream throws Fault UNAVAILABLE
   * when its subgraph goes away. @throws Fault COST_EXCEEDED when the operation cannot be planned within bounds
   */
  async subscribe(request: AdmittedRequest, options: SubscribeOptions): Promise<AsyncIterable<DoorEvent> | ExecutionResult> {
    const { engine, fetches, work } = this.#parts;
    const { prepared } = request;
    if (prepared.live === null) throw new Error('This operation is no subscription.');
    const subgraphs = new RequestFetches(request, fetches, options);
    const variables = prepared.live.variables(request.variables, options.cursor);
    const events = await work.during(() =>
      planned(engine.subscribe({ operation: prepared.planned, variables, subgraphs, ...payer(request) })),
    );
    return Symbol.asyncIterator in events ? this.#events(events, request, subgraphs) : this.#shown(events, request, subgraphs.amiss);
  }

  async *#events(
    events: AsyncIterable<ExecutionResult>,
    request: AdmittedRequest,
    subgraphs: RequestFetches,
  ): AsyncGenerator<DoorEvent, void, undefined> {
    const leave = this.#parts.work.enter();
    openedUpstreams.inc();
    try {
      for await (const result of events) {
        completedEvents.inc();
        yield { result: this.#shown(result, request, subgraphs.amiss), mark: subgraphs.mark };
      }
    } finally {
      leave();
    }
  }

  #shown(result: ExecutionResult, request: AdmittedRequest, amiss: SaidAmiss): ExecutionResult {
    const { prepared, caller } = request;
    const scope: ErrorScope = { requestId: caller.requestId, logger: this.#parts.logger };
    const { data, denied } =
      result.data == null || !prepared.isChanged ? { data: result.data, denied: [] } : restore(result.data, prepared.shape);
    const found = [
      ...denied.map(({ path, denial }) => denialError(path, denial)),
      ...shownErrors(result.errors ?? [], prepared.shape, scope),
    ];
    for (const error of found) shownErrorCount.inc({ code: String(error.extensions.code) });
    // `extensions.valueCompletion` of the engine stays here: it names inner types, and a hidden thing is to look like a missing one.
    return {
      ...(data === undefined ? {} : { data }),
      ...(found.length === 0 ? {} : { errors: found }),
      ...this.#extensions(degradedPlaces(found), data, request, amiss),
    };
  }

  /** Data that is text, with what is amiss with it. Read again: who wrote it did not know. */
  #withPlaces({ json }: DataText, request: AdmittedRequest, amiss: SaidAmiss): ExecutionResult {
    const data = JSON.parse(json) as Record<string, unknown>; // an answer's data, which was just written
    return { data, ...this.#extensions([], data, request, amiss) };
  }

  /** @param empty places that stay empty */
  #extensions(
    empty: readonly string[],
    data: unknown,
    { prepared }: AdmittedRequest,
    amiss: SaidAmiss,
  ): Pick<ExecutionResult, 'extensions'> {
    const { schema } = this.#parts.engine;
    const placesOf = (coordinates: ReadonlySet<string>): readonly string[] =>
      coordinates.size === 0 ? [] : placesIn(data, coordinates, prepared, schema);
    const degraded = [...new Set([...empty, ...placesOf(amiss.degraded)])].toSorted();
    const stale = placesOf(amiss.stale);
    if (degraded.length === 0 && stale.length === 0) return {};
    return { extensions: { ...(degraded.length === 0 ? {} : { degraded }), ...(stale.length === 0 ? {} : { stale }) } };
  }

  #badVariable(error: GraphQLError): GraphQLError {
    const message = this.#parts.hints ? error.message : error.message.replace(/ Did you mean .+\?$/u, '');
    return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
  }
}

/** An answer that somebody else is given as well. */
function toldAgain<T extends DataText | ExecutionResult>(answer: T): T {
  const told: DataText | ExecutionResult = answer;
  joinedAnswers.inc();
  if ('json' in told) share(told);
  else for (const { extensions } of told.errors ?? []) shownErrorCount.inc({ code: String(extensions['code']) });
  return answer;
}

function firstCode(result: ExecutionResult | object): string | undefined {
  const [first] = 'errors' in result ? (result.errors ?? []) : [];
  return first === undefined ? undefined : String(first.extensions['code']);
}

/** Whose account a new plan goes to: an app's is its own, a guest's is the address. */
function payer({ caller }: AdmittedRequest): { readonly client?: string } {
  if (caller.app !== null) return { client: `app ${caller.app.clientId}` };
  if (caller.identity !== null) return { client: caller.identity.userId };
  return caller.address === null ? {} : { client: networkOf(caller.address) };
}

async function planned<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof PlanTooLargeError)
      throw new Fault('COST_EXCEEDED', 'There are too many ways to answer this operation. Ask for less at once.');
    throw error;
  }
}

const NOT_TRUSTED = new GraphQLError('Only trusted documents run here.', { extensions: { code: 'PERSISTED_QUERY_REQUIRED' } });
const SCHEMA_ALONE = new GraphQLError('Ask for the schema by itself.', { extensions: { code: 'BAD_USER_INPUT' } });

/** An app in its own name has scopes, and nobody behind it. */
function accessOf({ identity, app }: Caller): Access {
  return identity === null && app !== null ? { scopes: app.scopes, isApp: true } : identity;
}

/** How many fields at the top ask about the schema. */
const aboutSchema = ({ shape }: Prepared): number =>
  [...shape.values()].filter(({ type }) => type !== null && getNamedType(type).name.startsWith('__')).length;

/** What is asked about a schema that is not the engine's own. */
async function answerAbout(schema: GraphQLSchema, { prepared, variables }: AdmittedRequest): Promise<ExecutionResult> {
  const { document, operation } = prepared;
  return execute({ schema, document, variableValues: variables, operationName: operation.name?.value });
}

const refused = (errors: readonly GraphQLError[]): Refused => ({ kind: 'refused', errors });
