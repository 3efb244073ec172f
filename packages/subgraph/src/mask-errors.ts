import { isBusy } from '@plaza/db/busy';
import { newId } from '@plaza/kernel/id';
import { Fault } from '@plaza/kernel/fault';
import type { Logger } from '@plaza/telemetry/logger';
import { type ExecutionResult, GraphQLError } from 'graphql';
import type { RequestScope } from './request-scope.js';

const MALFORMED = /^(Variable "\$\w+" got invalid value|Expected value of type)/;

/**
 * Faults keep their code and message; a database that could not be had in time is UNAVAILABLE; everything else becomes INTERNAL with an id that the
 * log has too. Locations are dropped: they are those
 * of the gateway's own query.
 */
export function maskErrors(result: ExecutionResult, scope: Pick<RequestScope, 'requestId'>, logger: Logger): ExecutionResult {
  if (result.errors === undefined) return result;
  return { ...result, errors: result.errors.map((error) => masked(error, scope, logger)) };
}

function masked(error: GraphQLError, scope: Pick<RequestScope, 'requestId'>, logger: Logger): GraphQLError {
  const cause = error.originalError;
  const path = error.path === undefined ? {} : { path: error.path };
  if (cause instanceof Fault) {
    if (cause.code === 'UNAVAILABLE') logger.warn({ err: cause, requestId: scope.requestId }, 'unavailable');
    return new GraphQLError(cause.message, {
      ...path,
      extensions: { code: cause.code, ...(cause.retryAfter === undefined ? {} : { retryAfter: cause.retryAfter }) },
    });
  }
  if (isBusy(cause)) {
    logger.warn({ err: cause, requestId: scope.requestId }, 'the database could not be had in time');
    return new GraphQLError('The database is unavailable.', { ...path, extensions: { code: 'UNAVAILABLE' } });
  }
  // A value that the gateway passes through and only its owner can read. Found before anything runs (no path); it shows only what the client wrote.
  if (error.path === undefined && MALFORMED.test(error.message))
    return new GraphQLError(error.message, { extensions: { code: 'BAD_USER_INPUT' } });
  const errorId = newId();
  logger.error({ err: cause ?? error, errorId, requestId: scope.requestId, path: error.path }, 'request failed');
  return new GraphQLError('Something went wrong on our side.', { ...path, extensions: { code: 'INTERNAL', errorId } });
}
