import { Fault } from '@plaza/kernel/fault';
import type { Logger } from '@plaza/telemetry/logger';
import { type ExecutionResult, getVariableValues, GraphQLError } from 'graphql';
import { denialError, type ErrorScope, shownErrors } from './answer/errors.js';
import { type Engine, PlanTooLargeError } from './engine/engine.js';
import type { CostTable } from './limits/cost.js';
import type { Limits } from './limits/limits.js';
import { shownErrorCount } from './metrics.js';
import { variablesBreach } from './limits/variable-limits.js';
import type { Operations, Refused } from './operations/operations.js';
import { restore } from './operations/restore.js';
import type { AdmittedRequest, Caller } from './request.js';
import { type FetchParts, RequestFetches } from './subgraph-fetches.js';

/** What a client sent, whatever it came over. */
export interface OperationParams {
  readonly text: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface DoorParts {
  readonly engine: Engine;
  readonly operations: Operations;
  readonly costs: CostTable;
  readonly limits: Limits;
  /** Whether messages may name what the client may have meant. */
  readonly hints: boolean;
  readonly fetches: FetchParts;
  readonly logger: Logger;
}

const MAX_ERRORS = 3;

/** The one way in for operations: `admit` decides whether one may run, `execute` runs it. Transports bring the caller and carry the answer. */
export class Door {
  readonly #parts: DoorParts;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  /** @throws Fault UNAVAILABLE when it cannot be told what the viewer may see */
  async admit(params: OperationParams, caller: Caller): Promise<AdmittedRequest | Refused> {
    const { operations, limits, costs, engine, fetches } = this.#parts;
    const breach = variablesBreach(params.variables, limits.variables);
    if (breach !== null) return refused([new GraphQLError(breach.message, { extensions: { code: breach.code } })]);
    const prepared = operations.prepare(params.text, params.operationName, caller.identity);
    if (prepared.kind === 'refused') return prepared;
    const { operation, document } = prepared;
    const { coerced, errors } = getVariableValues(engine.schema, operation.variableDefinitions ?? [], params.variables, {
      maxErrors: MAX_ERRORS,
    });
    if (coerced === undefined) return refused(errors.slice(0, MAX_ERRORS).map((error) => this.#badVariable(error)));
    const cost = costs.of(operation, document, coerced);
    if (cost > limits.cost)
      return refused([
        new GraphQLError(`The operation costs ${cost}, more than ${limits.cost}. Ask for shorter lists.`, {
          extensions: { code: 'COST_EXCEEDED' },
        }),
      ]);
    const epoch = caller.identity === null ? null : await fetches.epochs.current(caller.identity.userId, caller.requestId);
    return { kind: 'admitted', caller, prepared, variables: params.variables, epoch };
  }

  /** @throws Fault COST_EXCEEDED when the operation cannot be planned within bounds */
  async execute(request: AdmittedRequest): Promise<ExecutionResult> {
    const { engine, fetches } = this.#parts;
    const { prepared, variables } = request;
    const subgraphs = new RequestFetches(request, fetches);
    try {
      return this.#shown(await engine.execute({ operation: prepared.planned, variables, subgraphs }), request);
    } catch (error) {
      if (error instanceof PlanTooLargeError)
        throw new Fault('COST_EXCEEDED', 'There are too many ways to answer this operation. Ask for less at once.');
      throw error;
    }
  }

  #shown(result: ExecutionResult, { prepared, caller }: AdmittedRequest): ExecutionResult {
    const scope: ErrorScope = { requestId: caller.requestId, logger: this.#parts.logger };
    const { data, denied } =
      result.data == null || !prepared.isChanged ? { data: result.data, denied: [] } : restore(result.data, prepared.shape);
    const found = [
      ...denied.map(({ path, denial }) => denialError(path, denial)),
      ...shownErrors(result.errors ?? [], prepared.shape, scope),
    ];
    for (const error of found) shownErrorCount.inc({ code: String(error.extensions.code) });
    // `extensions.valueCompletion` of the engine stays here: it names inner types, and a hidden thing is to look like a missing one.
    return { ...(data === undefined ? {} : { data }), ...(found.length === 0 ? {} : { errors: found }) };
  }

  #badVariable(error: GraphQLError): GraphQLError {
    const message = this.#parts.hints ? error.message : error.message.replace(/ Did you mean .+\?$/u, '');
    return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
  }
}

const refused = (errors: readonly GraphQLError[]): Refused => ({ kind: 'refused', errors });
