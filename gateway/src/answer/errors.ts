import { Fault, type FaultCode } from '@plaza/kernel/fault';
import { newId } from '@plaza/kernel/id';
import type { Logger } from '@plaza/telemetry/logger';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Denial } from '../access/policy-table.js';
import { type Path, restorePath } from '../operations/restore.js';
import type { Shape } from '../operations/rewrite.js';

/** The closed list of `extensions.code`. */
const CODES: ReadonlySet<unknown> = new Set<FaultCode>([
  'UNAUTHENTICATED',
  'INSUFFICIENT_SCOPE',
  'RATE_LIMITED',
  'COST_EXCEEDED',
  'BAD_USER_INPUT',
  'PERSISTED_QUERY_REQUIRED',
  'UNAVAILABLE',
  'INTERNAL',
]);

/** What ApolloServer says of a request that it does not take: the client's doing, all of it. */
const APOLLO_CODES: ReadonlySet<unknown> = new Set([
  'BAD_REQUEST',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

/** More entries say nothing more. */
const MAX_ERRORS = 50;

const TEXT: Readonly<Partial<Record<FaultCode, string>>> = {
  // Whoever raised these may have named what is behind the gateway.
  UNAVAILABLE: 'A part of this answer is unavailable now.',
  INTERNAL: 'Something went wrong on our side.',
};

const isCode = (code: unknown): code is FaultCode => CODES.has(code);

const DENIAL_TEXT: Readonly<Record<Denial, string>> = {
  UNAUTHENTICATED: 'Sign in first.',
  INSUFFICIENT_SCOPE: 'The access token does not cover this.',
};

export const denialError = (path: Path, denial: Denial): GraphQLError =>
  new GraphQLError(DENIAL_TEXT[denial], { path, extensions: { code: denial } });

/** Which request an error belongs to, for the log. */
export interface ErrorScope {
  readonly requestId: string;
  readonly logger: Logger;
}

/** A fault as it may be shown. */
export function faultError({ code, message, retryAfter }: Fault): GraphQLError {
  return new GraphQLError(TEXT[code] ?? message, { extensions: { code, ...(retryAfter === undefined ? {} : { retryAfter }) } });
}

/** Anything that was thrown, as it may be shown; what nobody expected goes to the log under an id. */
export function thrownError(error: unknown, scope: ErrorScope): GraphQLError {
  if (error instanceof Fault && error.code !== 'INTERNAL') return faultError(error);
  return internalError(error, scope);
}

function internalError(error: unknown, { requestId, logger }: ErrorScope, path?: Path, knownId?: string): GraphQLError {
  const errorId = knownId ?? newId();
  // An id that came along is in the log of the one who gave it.
  if (knownId === undefined) logger.error({ err: error, errorId, requestId, path }, 'request failed');
  return new GraphQLError(TEXT.INTERNAL ?? '', { ...(path === undefined ? {} : { path }), extensions: { code: 'INTERNAL', errorId } });
}

/**
 * The errors of an executed operation as the client may see them: a code of the closed list, the client's own keys in the path, nothing of
 * what stands behind the gateway; equal ones once, at most {@link MAX_ERRORS}.
 */
export function shownErrors(errors: readonly GraphQLError[], shape: Shape, scope: ErrorScope): readonly GraphQLError[] {
  const shown = new Map<string, GraphQLError>();
  const unasked: GraphQLError[] = [];
  for (const error of errors) {
    const { path, isAsked } = error.path === undefined ? { path: undefined, isAsked: true } : restorePath(error.path, shape);
    const visible = shownError(error, path, scope);
    if (isAsked) shown.set(place(visible), visible);
    else unasked.push(visible);
  }
  // A field that only the gateway needed is spoken of where nothing else tells of the same failure.
  for (const error of unasked) if (!isCovered(error, shown.values())) shown.set(place(error), error);
  return [...shown.values()].slice(0, MAX_ERRORS);
}

function shownError(error: GraphQLError, path: Path | undefined, scope: ErrorScope): GraphQLError {
  const { code, retryAfter, errorId } = error.extensions;
  if (!isCode(code) || code === 'INTERNAL') return internalError(error, scope, path, typeof errorId === 'string' ? errorId : undefined);
  const extensions = { code, ...(typeof retryAfter === 'number' ? { retryAfter } : {}) };
  return new GraphQLError(TEXT[code] ?? error.message, { ...(path === undefined ? {} : { path }), extensions });
}

const place = ({ path, extensions }: GraphQLError): string => `${String(extensions.code)} ${JSON.stringify(path)}`;

function isCovered(error: GraphQLError, others: Iterable<GraphQLError>): boolean {
  const path = error.path ?? [];
  for (const other of others) {
    if (other.extensions.code === error.extensions.code && path.every((segment, index) => other.path?.[index] === segment)) return true;
  }
  return false;
}

/** The last look at what leaves through ApolloServer: its own errors get codes of the list, whatever else slips through is masked. */
export function formatError(formatted: GraphQLFormattedError, logger: Logger): GraphQLFormattedError {
  const code = formatted.extensions?.['code'];
  if (isCode(code)) return formatted;
  if (APOLLO_CODES.has(code)) return { ...formatted, extensions: { code: 'BAD_USER_INPUT' } };
  const errorId = newId();
  logger.error({ err: formatted, errorId }, 'request failed');
  return { message: TEXT.INTERNAL ?? '', extensions: { code: 'INTERNAL', errorId } };
}
