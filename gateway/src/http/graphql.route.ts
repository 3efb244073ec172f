import { badUserInput, Fault } from '@plaza/kernel/fault';
import type { Logger } from '@plaza/telemetry/logger';
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { GraphQLError } from 'graphql';
import { faultError, thrownError } from '../answer/errors.js';
import type { Graphs } from '../generations/generations.js';
import { type Asker, identify, type IdentityParts } from '../identity/identify.js';
import type { Limits } from '../limits/limits.js';
import type { Allowance } from '../limits/rate-limit.js';
import type { RequestLimits } from '../limits/request-limits.js';
import { requestEnded } from '../metrics.js';
import type { Caller } from '../request.js';
import { hasArrived, jsonBody } from './body.js';
import { plainMediaType } from './media-type.js';
import { requestIdOf } from './opening.js';
import { isPreflighted } from './preflight.js';
import { bodyFault, refuse, refuseOperation } from './refuse.js';
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
export class GraphqlRoute {
  readonly #parts: GraphqlParts;
  /** Bodies that have to be unpacked first: no client of ours packs them. */
  readonly #unpack: RequestHandler;

  constructor(parts: GraphqlParts) {
    this.#parts = parts;
    this.#unpack = express.json({ limit: parts.limits.bodyBytes, type: JSON_TYPES });
  }

  /** As Express takes it. `next` hears of what failed once the answer had begun. */
  readonly handle: RequestHandler = async (request, response, next) => {
    response.locals['startedAt'] = performance.now();
    response.once('finish', measured);
    try {
      await this.#serve(request, response, next);
    } catch (error) {
      this.#failed(error, request, response, next);
    }
  };

  async #serve(request: Request, response: Response, next: NextFunction): Promise<void> {
    if (request.method !== 'POST' && this.#isAnswered(request, response)) return;
    const address = request.ip ?? null;
    const asker = await this.#asker(request, response, address);
    if (!isUtf8(request.headers['content-type']))
      return refuse(request, response, [faultError(badUserInput('JSON is sent as UTF-8.'))], 415);
    if (request.method === 'POST' && !hasArrived(request) && !this.#mayCome(request, response)) return;
    // ApolloServer wants the property to be there, also for a GET.
    request.body = request.method === 'POST' ? await this.#body(request, response) : undefined;
    await this.#admit(request, response, callerOf(request, response, address, asker), next);
  }

  async #admit(request: Request, response: Response, caller: Caller, next: NextFunction): Promise<void> {
    if (request.method === 'GET' && !isPreflighted(request)) throw badUserInput(NOT_PREFLIGHTED);
    const generation = this.#parts.graphs.current;
    const params = readParams(request, generation.documents);
    const answer = await generation.door.admit(params, caller);
    const mayStream = plainMediaType(request.headers.accept) === undefined;
    if (mayStream && (await this.#stream(request, response, { answer, generation, caller }))) return;
    if (answer.kind === 'refused') return refuseOperation(request, response, answer.errors);
    const { operation, planned } = answer.prepared;
    if (planned.kind === 'subscription') return refuse(request, response, [faultError(badUserInput(NO_STREAM))]);
    const { locals } = response;
    locals['operation'] = generation.documents.label(operation.name?.value);
    locals['admitted'] = answer;
    response.once('close', generation.work.enter());
    // ApolloServer reads the request once more, without what it would take for something else.
    const { text: query, operationName, variables } = params;
    const named = operationName === undefined ? {} : { operationName };
    if (request.method === 'POST') request.body = { query, variables, ...named };
    else request.url = `${request.path}?${new URLSearchParams({ query, variables: JSON.stringify(variables), ...named }).toString()}`;
    await generation.http(request, response, next);
  }

  /** What is no operation: a browser that opens the address, and methods that the graph does not know. */
  #isAnswered(request: Request, response: Response): boolean {
    const { explorerPath } = this.#parts;
    if (request.method !== 'GET') {
      response.setHeader('allow', 'GET, POST');
      refuse(request, response, [new GraphQLError('Send the operation by POST.', { extensions: { code: 'BAD_USER_INPUT' } })], 405);
      return true;
    }
    const isBrowser = request.query['query'] === undefined && request.accepts(['application/json', 'text/html']) === 'text/html';
    if (!isBrowser || explorerPath === null) return false;
    response.redirect(302, explorerPath);
    return true;
  }

  async #asker(request: Request, response: Response, address: string | null): Promise<Asker> {
    const { rates, identity } = this.#parts;
    const toldBy = (allowance: Allowance): void => tell(allowance, response);
    await rates.ofAddress(address ?? '', toldBy);
    const asker = await identify(request.headers.authorization, identity);
    await rates.ofAsker(asker, toldBy);
    return asker;
  }

  /**
   * A body that is said to be too large is refused before it comes. And who sends theirs a byte at a time would hold the line for as long as they
   * like: it is closed.
   */
  #mayCome(request: Request, response: Response): boolean {
    const { bodyBytes, bodyMs } = this.#parts.limits;
    const refused = (fault: Fault, status: number): void => {
      if (response.headersSent) return void request.destroy();
      response.setHeader('connection', 'close');
      refuse(request, response, [faultError(fault)], status);
      response.once('finish', () => request.destroy());
    };
    if (Number(request.headers['content-length']) > bodyBytes) {
      refused(new Fault('COST_EXCEEDED', 'The request is too large.'), 413);
      return false;
    }
    const late = setTimeout(() => refused(badUserInput('The request took too long to arrive.'), 408), bodyMs);
    const arrived = (): void => clearTimeout(late);
    request.once('end', arrived).once('close', arrived);
    return true;
  }

  /** @throws UnfitBody; Fault for what is no JSON by its own words; what body-parser throws for a body that cannot be unpacked */
  async #body(request: Request, response: Response): Promise<unknown> {
    const { 'content-type': type, 'content-encoding': encoding = '' } = request.headers;
    if (type !== JSON_TYPES[0] && request.is(JSON_TYPES) === false) throw badUserInput('Send the operation as application/json.');
    if (encoding === '' || encoding.toLowerCase() === 'identity') return jsonBody(request, this.#parts.limits.bodyBytes);
    await new Promise<void>((resolve, reject) => {
      const unpacked = (error?: unknown): void => {
        if (error === undefined) resolve();
        else reject(error);
      };
      void this.#unpack(request, response, unpacked);
    });
    return request.body as unknown;
  }

  /** Answers as a stream where the client asks for one. What it refuses before it begins, it refuses by status. */
  async #stream(request: Request, response: Response, asked: Omit<StreamRequest, 'framing'>): Promise<boolean> {
    const framing = framingFor(request.headers.accept);
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
    await this.#parts.streams.serve(response, { ...asked, framing });
    return true;
  }

  #failed(error: unknown, request: Request, response: Response, next: NextFunction): void {
    // Its body was given up, and it has its answer.
    if (response.headersSent && request.destroyed) return;
    if (response.headersSent) {
      next(error);
      return;
    }
    response.locals['isStream'] = false;
    const body = bodyFault(error);
    if (body !== undefined) refuse(request, response, [faultError(body.fault)], body.status);
    else refuse(request, response, [thrownError(error, { requestId: requestIdOf(response), logger: this.#parts.logger })]);
  }
}

/** When the answer is out. One function for all requests. */
function measured(this: Response): void {
  const { operation = 'other', outcome = this.statusCode < 400 ? 'ok' : 'refused', isStream, startedAt } = this.locals;
  // How long somebody listened says nothing of how fast we are.
  if (isStream !== true) requestEnded(String(operation), String(outcome), Number(startedAt));
}

/** JSON is UTF-8 (RFC 8259); other character sets are work that an attacker chooses. */
function isUtf8(contentType: string | undefined): boolean {
  if (contentType === undefined || contentType === JSON_TYPES[0]) return true;
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/iu.exec(contentType)?.[1];
  return charset === undefined || charset.toLowerCase() === 'utf-8';
}

/** The headers tell of the account's limit for those who have one: it is taken last. */
function tell({ limit, remaining, resetSeconds }: Allowance, response: Response): void {
  response.setHeader('ratelimit-limit', String(limit));
  response.setHeader('ratelimit-remaining', String(remaining));
  response.setHeader('ratelimit-reset', String(resetSeconds));
}

function callerOf(request: Request, response: Response, address: string | null, { identity, app }: Asker): Caller {
  return {
    identity,
    app,
    requestId: requestIdOf(response),
    address,
    userAgent: request.headers['user-agent']?.slice(0, MAX_USER_AGENT) ?? null,
  };
}
