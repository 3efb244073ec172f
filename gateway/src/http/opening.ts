import type { IncomingMessage } from 'node:http';
import { newId } from '@plaza/kernel/id';
import type { RequestHandler, Response } from 'express';
import { validate } from 'uuid';

const REQUEST_ID = 'x-request-id';

const ALLOWED =
  'authorization, content-type, accept, x-request-id, apollo-require-preflight, x-apollo-operation-name, apollographql-client-name, apollographql-client-version, tus-resumable, upload-offset, upload-length, upload-metadata';
const EXPOSED =
  'x-request-id, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset, location, tus-resumable, upload-offset, upload-length';

/** What every answer begins with, whatever route makes it. */
export class Opening {
  readonly #origins: readonly string[] | undefined;

  /**
   * @param origins who may read answers from another site's page. Nothing here goes by cookies, so without a list every origin may: it has only what
   * the token in its own hands opens
   */
  constructor(origins: readonly string[] | undefined) {
    this.#origins = origins;
  }

  /** As Express takes it. */
  readonly handle: RequestHandler = (request, response, next) => {
    if (this.begin(request, response)) next();
  };

  /** False when that was the whole answer: a browser asked what it may send. */
  begin(request: IncomingMessage, response: Response): boolean {
    const id = idOf(request.headers[REQUEST_ID]);
    response.locals['requestId'] = id;
    response.setHeader(REQUEST_ID, id);
    // Nobody keeps what does not say that it may be kept.
    response.setHeader('cache-control', 'no-store');
    // What no page of ours needs is forbidden to all of them.
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('x-frame-options', 'DENY');
    response.setHeader('referrer-policy', 'no-referrer');
    response.setHeader('cross-origin-opener-policy', 'same-origin');
    // Only our own pages may load this one's pictures as pictures; others ask by CORS.
    response.setHeader('permissions-policy', 'camera=(), geolocation=(), microphone=()');
    return this.#cors(request, response);
  }

  #cors({ method, headers }: IncomingMessage, response: Response): boolean {
    const allowed = this.#allowed(headers.origin);
    // Where all may, all are answered alike.
    if (this.#origins !== undefined) response.setHeader('Vary', 'Origin');
    if (allowed !== undefined) {
      response.setHeader('access-control-allow-origin', allowed);
      response.setHeader('access-control-expose-headers', EXPOSED);
    }
    if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return true;
    if (allowed !== undefined) {
      response.setHeader('access-control-allow-methods', 'GET, HEAD, POST, PATCH, DELETE');
      response.setHeader('access-control-allow-headers', ALLOWED);
      response.setHeader('access-control-max-age', '7200');
    }
    response.status(204).end();
    return false;
  }

  #allowed(origin: string | undefined): string | undefined {
    if (this.#origins === undefined) return '*';
    return origin !== undefined && this.#origins.includes(origin) ? origin : undefined;
  }
}

/** Names each request by a UUID: the client's own where it sent one, so that both logs speak of the same thing. */
function idOf(given: string | readonly string[] | undefined): string {
  return typeof given === 'string' && validate(given) ? given.toLowerCase() : newId();
}

export const requestIdOf = (response: Response): string => String(response.locals['requestId']);
