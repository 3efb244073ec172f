import type { Assertions, Claims } from '@plaza/auth/assertion';
import type { Ports } from '@plaza/calls/call-client';
import { asideOf } from '@plaza/calls/aside';
import { assertionBody, type LiveMark, type LiveResult, type SubgraphPort } from '@plaza/calls/subgraph-port';
import { Fault, unavailable } from '@plaza/kernel/fault';
import { inTime } from '@plaza/kernel/in-time';
import { newId } from '@plaza/kernel/id';
import { SUBGRAPH_NAMES } from '@plaza/kernel/subgraph-name';
import type { Logger } from '@plaza/telemetry/logger';
import { traced } from '@plaza/telemetry/tracing';
import type { ExecutionResult } from 'graphql';
import { errorsWhereLost } from './answer/lost-paths.js';
import { SaidAmiss } from './answer/said-amiss.js';
import type { SubgraphAccess, SubgraphAnswer, SubgraphQuery } from './engine/engine.js';
import type { Epochs } from './identity/epochs.js';
import { fetchStarted, joinedReads } from './metrics.js';
import type { AdmittedRequest } from './request.js';
import type { SubgraphGuards } from './subgraphs/guard.js';
import { LEAST_MS } from './subgraphs/patience.js';
import type { SameTurn } from './subgraphs/same-turn.js';

export interface FetchParts {
  readonly ports: Ports;
  readonly assertions: Assertions;
  readonly epochs: Epochs;
  readonly guards: SubgraphGuards;
  /** Equal reads at one moment. */
  readonly turn: SameTurn;
  readonly logger: Logger;
}

/** The live side of a subscription's request. */
export interface Listener {
  /** Aborted when the subscriber leaves. */
  readonly signal: AbortSignal;
  /** Hears a mark that came without an event. */
  readonly onMark: (mark: LiveMark) => void;
}

/**
 * How one request reaches the subgraphs: each fetch with an assertion of its own for exactly its body. In a mutation the viewer's epoch is
 * read anew before every fetch after the first, so that the payload already obeys what the mutation did; in a subscription
 * before the first fetch of every event.
 */
export class RequestFetches implements SubgraphAccess {
  readonly #request: AdmittedRequest;
  readonly #parts: FetchParts;
  readonly #listener: Listener | null;
  readonly #span: string | undefined;
  /** What was said to be amiss with the answer, or with the event that is worked on. */
  readonly amiss = new SaidAmiss();
  #mark: LiveMark | undefined;
  #asker: string | undefined;
  /** What was said last: nearly always the same again. */
  #said: { readonly epoch: number | null; readonly claims: Claims } | undefined;
  #count = 0;
  /** Fetches that start together share one reading: nothing of this request changes between them. */
  #rereading: Promise<number> | null = null;

  /** The epoch of the event that is worked on. */
  #eventEpoch: Promise<number> | null = null;
  /** When the answer, or the event that is worked on, must be out; in milliseconds of `performance.now()`. */
  #deadline: number | null = null;

  /** `span` is what the fetches are a part of, for traces. */
  constructor(request: AdmittedRequest, parts: FetchParts, listener: Listener | null = null, span?: string) {
    this.#request = request;
    this.#parts = parts;
    this.#listener = listener;
    this.#span = span;
  }

  /** What was said of the newest event that was handed out. */
  get mark(): LiveMark | undefined {
    return this.#mark;
  }

  async fetch(subgraph: string, query: SubgraphQuery): Promise<ExecutionResult> {
    const done = fetchStarted(subgraph);
    try {
      const result = await this.#answer(subgraph, query);
      done('answered');
      const { epochs, amiss } = asideOf(result);
      if (amiss !== undefined) this.amiss.hear(amiss);
      if (epochs !== undefined && this.#request.prepared.planned.kind === 'mutation') this.#parts.epochs.left(epochs);
      return withPaths(result, query);
    } catch (error) {
      return this.#lost(error, subgraph, query, done);
    }
  }

  async listen(subgraph: string, query: SubgraphQuery): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
    const done = fetchStarted(subgraph);
    try {
      const live = await this.#open(subgraph, query);
      done('answered');
      return Symbol.asyncIterator in live ? this.#events(live) : withPaths(live, query);
    } catch (error) {
      return this.#lost(error, subgraph, query, done);
    }
  }

  async #open(subgraph: string, query: SubgraphQuery): Promise<AsyncIterableIterator<LiveResult> | ExecutionResult> {
    const port = this.#port(subgraph);
    const { guards, assertions } = this.#parts;
    let opening: ReturnType<SubgraphPort['subscribe']> | undefined;
    const open = () => {
      const assertion = assertions.mint(this.#claims(this.#request.epoch), subgraph, assertionBody.subscribe(query));
      return (opening = port.subscribe(query, assertion));
    };
    try {
      return await guards.of(subgraph).visit(open, { deadline: performance.now() + guards.patience.writeMs, isRepeatable: false });
    } catch (error) {
      // One that opens too late has no reader.
      void opening?.then((live) => (Symbol.asyncIterator in live ? live.return?.() : undefined)).catch(() => undefined);
      throw error;
    }
  }

  async *#events(live: AsyncIterableIterator<LiveResult>): AsyncGenerator<ExecutionResult, void, undefined> {
    const { signal, onMark } = this.#listener ?? {};
    // A stream that waits hears of its end only from here: whoever stands before it waits too.
    const leave = (): void => void live.return?.().catch(() => undefined);
    const hasLeft = (): boolean => signal?.aborted === true;
    signal?.addEventListener('abort', leave, { once: true });
    try {
      if (hasLeft()) return;
      for await (const { mark, ...event } of live) {
        if (hasLeft()) return;
        if (event.data === undefined && event.errors === undefined) {
          if (mark !== undefined) onMark?.(mark);
          continue;
        }
        this.#mark = mark;
        this.#eventEpoch = null;
        this.#deadline = null;
        this.amiss.clear();
        const { amiss } = asideOf(event);
        if (amiss !== undefined) this.amiss.hear(amiss);
        yield event;
      }
    } finally {
      signal?.removeEventListener('abort', leave);
      leave();
    }
  }

  #answer(subgraph: string, query: SubgraphQuery): Promise<SubgraphAnswer> {
    const epoch = this.#epoch();
    return epoch instanceof Promise
      ? epoch.then((known) => this.#answerAs(known, subgraph, query))
      : this.#answerAs(epoch, subgraph, query);
  }

  #answerAs(epoch: number | null, subgraph: string, query: SubgraphQuery): Promise<SubgraphAnswer> {
    const claims = this.#claims(epoch);
    if (this.#request.prepared.planned.kind !== 'query') return this.#ask(subgraph, query, claims);
    // Of what the claims say, the answer to a query may depend on the viewer alone.
    this.#asker ??= JSON.stringify(claims.viewer);
    const { answer, isJoined } = this.#parts.turn.ask(this.#asker, subgraph, query, () => this.#ask(subgraph, query, claims));
    if (!isJoined) return answer;
    joinedReads.inc({ subgraph });
    return inTime(answer, this.#until() - performance.now(), subgraph);
  }

  #ask(subgraph: string, query: SubgraphQuery, claims: Claims): Promise<SubgraphAnswer> {
    const port = this.#port(subgraph);
    const { assertions, guards } = this.#parts;
    const ask = (withinMs: number): Promise<SubgraphAnswer> => {
      const deadline = Date.now() + Math.floor(withinMs);
      return traced(
        {
          name: `fetch ${subgraph}`,
          kind: 'client',
          requestId: claims.requestId,
          parent: this.#span,
          attributes: { 'plaza.subgraph': subgraph },
        },
        (span) => {
          const told = span === undefined ? { deadline } : { deadline, span };
          if (port.executeFor !== undefined) return port.executeFor(query, { by: assertions, claims, told });
          return port.execute(query, assertions.mint(claims, subgraph, assertionBody.execute(query), told));
        },
        firstCode,
      );
    };
    const isRepeatable = this.#request.prepared.planned.kind === 'query';
    return guards.of(subgraph).visit(ask, { deadline: this.#until(), isRepeatable });
  }

  #until(): number {
    const { readMs, writeMs } = this.#parts.guards.patience;
    const { prepared, waitedMs = 0 } = this.#request;
    const forAll = prepared.planned.kind === 'query' ? Math.max(Math.min(LEAST_MS, readMs), readMs - waitedMs) : writeMs;
    return (this.#deadline ??= performance.now() + forAll);
  }

  #port(subgraph: string): SubgraphPort {
    const name = SUBGRAPH_NAMES.find((known) => known === subgraph);
    const port = name === undefined ? undefined : this.#parts.ports(name);
    if (port === undefined) throw unavailable(subgraph);
    return port;
  }

  #lost(error: unknown, subgraph: string, query: SubgraphQuery, done: ReturnType<typeof fetchStarted>): ExecutionResult {
    const isAway = error instanceof Fault && error.code === 'UNAVAILABLE';
    done(isAway ? 'away' : 'failed');
    // The log is told here, once, and not for every place that stays empty.
    const errorId = newId();
    const place = { err: error, errorId, subgraph, requestId: this.#request.caller.requestId };
    if (isAway) this.#parts.logger.warn(place, 'a subgraph is away');
    else this.#parts.logger.error(place, 'a fetch failed');
    const extensions = isAway ? { code: 'UNAVAILABLE' } : { code: 'INTERNAL', errorId };
    return { data: null, errors: errorsWhereLost(query, { message: '', extensions }) };
  }

  #epoch(): number | null | Promise<number | null> {
    this.#count += 1;
    const { caller, prepared, epoch } = this.#request;
    if (caller.identity !== null && prepared.live !== null)
      return (this.#eventEpoch ??= this.#parts.epochs.current(caller.identity.userId));
    if (this.#count === 1 || caller.identity === null || prepared.planned.kind !== 'mutation') return epoch;
    this.#rereading ??= this.#parts.epochs.exact(caller.identity.userId).finally(() => {
      this.#rereading = null;
    });
    return this.#rereading;
  }

  #claims(epoch: number | null): Claims {
    if (this.#said === undefined || this.#said.epoch !== epoch) this.#said = { epoch, claims: this.#newClaims(epoch) };
    return this.#said.claims;
  }

  #newClaims(epoch: number | null): Claims {
    const { requestId, identity, address, userAgent } = this.#request.caller;
    const viewer =
      identity === null || epoch === null ? null : { id: identity.userId, sessionId: identity.sessionId, scopes: identity.scopes, epoch };
    return { issuer: 'gateway', viewer, requestId, address, userAgent };
  }
}

const firstCode = ({ errors }: ExecutionResult): string | undefined =>
  errors?.[0] === undefined ? undefined : String(errors[0].extensions['code']);

/** An answer without data whose errors name no place would leave nulls that nobody explains. */
function withPaths(result: ExecutionResult, query: SubgraphQuery): ExecutionResult {
  const [first] = result.errors ?? [];
  if (result.data != null || first === undefined || result.errors?.some((error) => error.path !== undefined)) return result;
  return { data: null, errors: errorsWhereLost(query, first) };
}
