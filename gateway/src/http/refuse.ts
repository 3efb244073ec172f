import { Fault, type FaultCode } from '@plaza/kernel/fault';
import type { Request, Response } from 'express';
import type { GraphQLError } from 'graphql';
import { UnfitBody } from './body.js';

const STATUS: Readonly<Partial<Record<FaultCode, number>>> = {
  UNAUTHENTICATED: 401,
  INSUFFICIENT_SCOPE: 403,
  RATE_LIMITED: 429,
  UNAVAILABLE: 503,
  INTERNAL: 500,
};

const FAULTS = {
  large: new Fault('COST_EXCEEDED', 'The request is too large.'),
  'no JSON': new Fault('BAD_USER_INPUT', 'The body is no JSON object.'),
} as const;

/** A request that is not executed: errors alone, in the media type that the client takes. */
export function refuse(request: Request, response: Response, errors: readonly GraphQLError[], status?: number): void {
  const { code, retryAfter } = errors[0]?.extensions ?? {};
  response.locals['outcome'] = String(code);
  if (code === 'UNAUTHENTICATED') response.setHeader('www-authenticate', 'Bearer error="invalid_token"');
  if (typeof retryAfter === 'number') response.setHeader('retry-after', String(retryAfter));
  response.status(status ?? STATUS[code as FaultCode] ?? 400); // a code of the list: answer/errors.ts made it
  response.type(request.accepts(['application/json', 'application/graphql-response+json']) || 'application/json');
  response.send(`${JSON.stringify({ errors })}\n`);
}

/**
 * A well-formed request whose operation does not run. Clients that name plain JSON alone are older than GraphQL's media type and take any other
 * status than 200 for a failure of the line: the specification has their errors answered with it.
 */
export function refuseOperation(request: Request, response: Response, errors: readonly GraphQLError[]): void {
  const isInvalid = errors.every(({ extensions }) => extensions['code'] === 'BAD_USER_INPUT');
  refuse(request, response, errors, isInvalid && namesPlainJsonAlone(request) ? 200 : undefined);
}

function namesPlainJsonAlone(request: Request): boolean {
  const types = (request.get('accept') ?? '').split(',').map((part) => part.split(';')[0]?.trim().toLowerCase());
  return types.includes('application/json') && !types.includes('application/graphql-response+json') && !types.includes('*/*');
}

/** What is said of a body that is not taken, by us or by body-parser, as a fault; undefined for anything else. */
export function bodyFault(error: unknown): { readonly fault: Fault; readonly status: number } | undefined {
  if (error instanceof UnfitBody) return { fault: FAULTS[error.reason], status: error.status };
  // What cannot be unpacked has a status and no type.
  if (!(error instanceof Error) || !('status' in error) || !('expose' in error)) return undefined;
  const status = Number(error.status);
  if ('type' in error && error.type === 'entity.too.large') return { fault: FAULTS.large, status };
  if (status === 415)
    return { fault: new Fault('BAD_USER_INPUT', 'The body is in a character set or an encoding that is not taken here.'), status };
  return status >= 400 && status < 500 ? { fault: FAULTS['no JSON'], status } : undefined;
}
