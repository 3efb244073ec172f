import { badUserInput, Fault } from '@plaza/kernel/fault';
import type { Logger } from '@plaza/telemetry/logger';
import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from 'express';
import { GraphQLError } from 'graphql';
import { faultError, thrownError } from '../answer/errors.js';
import type { Generation } from '../generations/generation.js';
import type { Graphs } from '../generations/generations.js';
import { type Asker, identify, type IdentityParts } from '../identity/identify.js';
import type { Limits } from '../limits/limits.js';
import type { Allowance } from '../limits/rate-limit.js';
import type { RequestLimits } from '../limits/request-limits.js';
import { requestStarted } from '../metrics.js';
import type { Caller } from '../request.js';
import { isPreflighted } from './preflight.js';
import { bodyFault, refuse, refuseOperation } from './refuse.js';
import { requestIdOf } from './request-id.js';
import { readParams } from './request-params.js';
import { framingFor, multipart } from './streams/framing.js';
import type { StreamRequest, StreamServer } from './streams/stream-server.js';

export interface GraphqlParts {
  readonly graphs: Graphs;
  readonly identity: IdentityParts;
  readonly limits: Limits;
  readonly rates: RequestLimits;
  readonly streams: StreamServer;
  readonly logger: Logger;
  /** Where a browser that opens the endpoint is sent; null: nowhere. */
  readonly explorerPath: string | null;
}

const JSON_TYPES = ['application/json', 'application/graphql+json'];
const NO_STREAM =
  'Subscriptions are served over WebSocket (graphql-transport-ws), as text/event-stream or as multipart/mixed;subscriptionSpec=1.0: name one in "accept".';
const NOT_PREFLIGHTED = 'A query by GET comes with the header "apollo-require-preflight", so that no page of another site can send it.';
/** Cut before it is signed into every assertion. */
const MAX_USER_AGENT = 200;

/**
 * POST and GET of the graph. In this order: the address's limit, who asks, the account's limit, the body, whether the operation may run;
 * then ApolloServer, which runs it, or a stream for who asks for one. The cheap checks stand before those that ask somebody.
 */
export function graphqlRouter(parts: GraphqlParts): Router {
  const { rates } = parts;

  const measured: RequestHandler = (_request, response, next) => {
    const done = requestStarted();
    response.once('finish', () => {
      const { operation = 'other', outcome = response.statusCode < 400 ? 'ok' : 'refused', isStream } = response.locals;
      // How long somebody listened says nothing of how fast we are.
      if (isStream !== true) done(String(operation), String(outcome));
    });
    next();
  };

  const toExplorer: RequestHandler = (request, response, next) => {
    const isBrowser =
      request.method === 'GET' &&
      request.query['query'] === undefined &&
      request.accepts(['application/json', 'text/html']) === 'text/html';
    if (isBrowser && parts.explorerPath !== null) response.redirect(302, parts.explorerPath);
    else next();
  };

  const identified: RequestHandler = async (request, response, next) => {
    const toldBy = (allowance: Allowance): void => tell(allowance, response);
    await rates.ofAddress(request.ip ?? '', toldBy);
    const asker = await identify(request.get('authorization'), parts.identity);
    await rates.ofAsker(asker, toldBy);
    response.locals['asker'] = asker;
    next();
  };

  /** Answers as a stream where the client asks for one. What it refuses before it begins, it refuses by status. */
  async function streamed(request: Request, response: Response, asked: Omit<StreamRequest, 'framing'>): Promise<boolean> {
    const framing = framingFor(request.get('accept'));
    const kind = asked.answer.kind === 'refused' ? null : asked.answer.prepared.planned.kind;
    // In parts come subscriptions alone: for everything else the clients that name them take plain JSON too.
    if (framing === null || (framing === multipart && kind !== 'subscription')) return false;
    if (!isPreflighted(request)) throw badUserInput('A stream is asked for by POST, or with the header "apollo-require-preflight".');
    if (request.method === 'GET' && kind === 'mutation') {
      response.setHeader('allow', 'POST');
      refuse(request, response, [faultError(badUserInput('A mutation is sent by POST.'))], 405);
      return true;
    }
    response.locals['isStream'] = kind === 'subscription';
    await parts.streams.serve(response, { ...asked, framing });
    return true;
  }

  const admitted: RequestHandler = async (request, response, next) => {
    if (request.method === 'POST' && request.is(JSON_TYPES) === false)
      throw new Fault('BAD_USER_INPUT', 'Send the operation as application/json.');
    // ApolloServer's own guard takes a type that is merely odd for a sign that the browser has asked.
    if (request.method === 'GET' && !isPreflighted(request)) throw badUserInput(NOT_PREFLIGHTED);
    const generation = parts.graphs.current;
    const params = readParams(request, generation.documents);
    const caller = callerOf(request, response);
    const answer = await generation.door.admit(params, caller);
    if (await streamed(request, response, { answer, generation, caller })) return;
    if (answer.kind === 'refused') {
      refuseOperation(request, response, answer.errors);
      return;
    }
    const { operation, planned } = answer.prepared;
    if (planned.kind === 'subscription') {
      refuse(request, response, [faultError(badUserInput(NO_STREAM))]);
      return;
    }
    response.locals['operation'] = generation.documents.label(operation.name?.value);
    response.locals['admitted'] = answer;
    response.locals['generation'] = generation;
    response.once('close', generation.work.enter());
    // ApolloServer reads the request once more, without what it would take for something else.
    const plain = { query: params.text, ...(params.operationName === undefined ? {} : { operationName: params.operationName }) };
    if (request.method === 'POST') request.body = { ...plain, variables: params.variables };
    else request.url = `${request.path}?${new URLSearchParams({ ...plain, variables: JSON.stringify(params.variables) }).toString()}`;
    next();
  };

  const failed: ErrorRequestHandler = (error: unknown, request, response, next) => {
    // Its body was given up, and it has its answer.
    if (response.headersSent && request.destroyed) return;
    if (response.headersSent) {
      next(error);
      return;
    }
    response.locals['isStream'] = false;
    const body = bodyFault(error);
    if (body !== undefined) refuse(request, response, [faultError(body.fault)], body.status);
    else refuse(request, response, [thrownError(error, { requestId: requestIdOf(response), logger: parts.logger })]);
  };

  const executed: RequestHandler = (request, response, next) => {
    const generation = response.locals['generation'] as Generation; // set above, on the only way here
    return generation.http(request, response, next);
  };

  const router = Router();
  const body = express.json({ limit: parts.limits.bodyBytes, type: JSON_TYPES });
  router.use('/', measured, toExplorer, methods, identified, utf8Only, bounded(parts.limits), body, withBody, admitted, executed);
  router.use(failed);
  return router;
}

const methods: RequestHandler = (request, response, next) => {
  if (request.method === 'GET' || request.method === 'POST') {
    next();
    return;
  }
  response.setHeader('allow', 'GET, POST');
  refuse(request, response, [new GraphQLError('Send the operation by POST.', { extensions: { code: 'BAD_USER_INPUT' } })], 405);
};

/** JSON is UTF-8 (RFC 8259); other character sets are work that an attacker chooses. */
const utf8Only: RequestHandler = (request, response, next) => {
  const charset = /;\s*charset="?([^";\s]+)/iu.exec(request.get('content-type') ?? '')?.[1];
  if (charset === undefined || charset.toLowerCase() === 'utf-8') next();
  else refuse(request, response, [faultError(badUserInput('JSON is sent as UTF-8.'))], 415);
};

/**
 * A body that is said to be too large is refused before it comes: its parser would first take all of it. And who sends theirs a byte at a time would
 * hold the line for as long as they like: it is closed.
 */
const bounded =
  ({ bodyBytes, bodyMs }: Limits): RequestHandler =>
  (request, response, next) => {
    if (request.method !== 'POST' || request.complete) return next();
    const refused = (fault: Fault, status: number): void => {
      if (response.headersSent) return void request.destroy();
      response.setHeader('connection', 'close');
      refuse(request, response, [faultError(fault)], status);
      response.once('finish', () => request.destroy());
    };
    if (Number(request.get('content-length')) > bodyBytes) return refused(new Fault('COST_EXCEEDED', 'The request is too large.'), 413);
    const late = setTimeout(() => refused(badUserInput('The request took too long to arrive.'), 408), bodyMs);
    const arrived = (): void => clearTimeout(late);
    request.once('end', arrived).once('close', arrived);
    next();
  };

/** ApolloServer wants the property to be there, also for a GET. */
const withBody: RequestHandler = (request, _response, next) => {
  request.body ??= undefined;
  next();
};

/** The headers tell of the account's limit for those who have one: it is taken last. */
function tell({ limit, remaining, resetSeconds }: Allowance, response: Response): void {
  response.setHeader('ratelimit-limit', String(limit));
  response.setHeader('ratelimit-remaining', String(remaining));
  response.setHeader('ratelimit-reset', String(resetSeconds));
}

function callerOf(request: Request, response: Response): Caller {
  return {
    ...(response.locals['asker'] as Asker), // set by `identified`
    requestId: requestIdOf(response),
    address: request.ip ?? null,
    userAgent: request.get('user-agent')?.slice(0, MAX_USER_AGENT) ?? null,
  };
}
