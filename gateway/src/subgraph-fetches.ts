import { inTime } from '@plaza/kernel/in-time';
import type { Assertions, Claims } from '@plaza/auth/assertion';
import type { Ports } from '@plaza/calls/call-client';
import { assertionBody } from '@plaza/calls/subgraph-port';
import { Fault, unavailable } from '@plaza/kernel/fault';
import { newId } from '@plaza/kernel/id';
import { SUBGRAPH_NAMES } from '@plaza/kernel/subgraph-name';
import type { Logger } from '@plaza/telemetry/logger';
import type { ExecutionResult } from 'graphql';
import { errorsWhereLost } from './answer/lost-paths.js';
import type { SubgraphAccess, SubgraphQuery } from './engine/engine.js';
import type { Epochs } from './identity/epochs.js';
import { fetchStarted } from './metrics.js';
import type { AdmittedRequest } from './request.js';

/** A subgraph that has not answered by then counts as away. */
const DEADLINE_MS = 10_000;

export interface FetchParts {
  readonly ports: Ports;
  readonly assertions: Assertions;
  readonly epochs: Epochs;
  readonly logger: Logger;
}

/**
 * How one request reaches the subgraphs: each fetch with an assertion of its own for exactly its body. In a mutation the viewer's epoch is
 * read anew before every fetch after the first, so that the payload already obeys what the mutation did.
 */
export class RequestFetches implements SubgraphAccess {
  readonly #request: AdmittedRequest;
  readonly #parts: FetchParts;
  #count = 0;
  /** Fetches that start together share one reading: nothing of this request changes between them. */
  #rereading: Promise<number> | null = null;

  constructor(request: AdmittedRequest, parts: FetchParts) {
    this.#request = request;
    this.#parts = parts;
  }

  async fetch(subgraph: string, query: SubgraphQuery): Promise<ExecutionResult> {
    const done = fetchStarted(subgraph);
    try {
      const result = await this.#answer(subgraph, query);
      done('answered');
      return withPaths(result, query);
    } catch (error) {
      const isAway = error instanceof Fault && error.code === 'UNAVAILABLE';
      done(isAway ? 'away' : 'failed');
      // The log is told here, once, and not for every place that stays empty.
      const errorId = newId();
      const place = { err: error, errorId, subgraph, requestId: this.#request.caller.requestId };
      if (isAway) this.#parts.logger.warn(place, 'a subgraph is away');
      else this.#parts.logger.error(place, 'a fetch failed');
      return {
        data: null,
        errors: errorsWhereLost(query, { message: '', extensions: isAway ? { code: 'UNAVAILABLE' } : { code: 'INTERNAL', errorId } }),
      };
    }
  }

  async #answer(subgraph: string, query: SubgraphQuery): Promise<ExecutionResult> {
    const name = SUBGRAPH_NAMES.find((known) => known === subgraph);
    const port = name === undefined ? undefined : this.#parts.ports(name);
    if (port === undefined) throw unavailable(subgraph);
    const claims = this.#claims(await this.#epoch());
    const assertion = this.#parts.assertions.mint(claims, subgraph, assertionBody.execute(query));
    return inTime(port.execute(query, assertion), DEADLINE_MS, subgraph);
  }

  async #epoch(): Promise<number | null> {
    this.#count += 1;
    const { caller, prepared, epoch } = this.#request;
    if (this.#count === 1 || caller.identity === null || prepared.planned.kind !== 'mutation') return epoch;
    this.#rereading ??= this.#parts.epochs.exact(caller.identity.userId, caller.requestId).finally(() => {
      this.#rereading = null;
    });
    return this.#rereading;
  }

  #claims(epoch: number | null): Claims {
    const { requestId, identity, address, userAgent } = this.#request.caller;
    const viewer =
      identity === null || epoch === null ? null : { id: identity.userId, sessionId: identity.sessionId, scopes: identity.scopes, epoch };
    return { issuer: 'gateway', viewer, requestId, address, userAgent };
  }
}

/** An answer without data whose errors name no place would leave nulls that nobody explains. */
function withPaths(result: ExecutionResult, query: SubgraphQuery): ExecutionResult {
  const [first] = result.errors ?? [];
  if (result.data != null || first === undefined || result.errors?.some((error) => error.path !== undefined)) return result;
  return { data: null, errors: errorsWhereLost(query, first) };
}
