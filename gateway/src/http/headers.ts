import type { RequestHandler } from 'express';

/** What no page of ours needs is forbidden to all of them. */
export const securityHeaders: RequestHandler = (_request, response, next) => {
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('x-frame-options', 'DENY');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('cross-origin-opener-policy', 'same-origin');
  // Only our own pages may load this one's pictures as pictures; others ask by CORS.
  response.setHeader('permissions-policy', 'camera=(), geolocation=(), microphone=()');
  next();
};

const ALLOWED =
  'authorization, content-type, accept, x-request-id, apollo-require-preflight, x-apollo-operation-name, apollographql-client-name, apollographql-client-version, tus-resumable, upload-offset, upload-length, upload-metadata';
const EXPOSED =
  'x-request-id, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset, location, tus-resumable, upload-offset, upload-length';

/**
 * Who may read answers from another site's page. Nothing here goes by cookies, so without a list every origin may: it has only what the
 * token in its own hands opens.
 */
export function cors(origins: readonly string[] | undefined): RequestHandler {
  return (request, response, next) => {
    const origin = request.get('origin');
    const isAllowed = origin !== undefined && (origins === undefined || origins.includes(origin));
    response.vary('Origin');
    if (isAllowed) {
      response.setHeader('access-control-allow-origin', origins === undefined ? '*' : origin);
      response.setHeader('access-control-expose-headers', EXPOSED);
    }
    if (request.method !== 'OPTIONS' || request.get('access-control-request-method') === undefined) {
      next();
      return;
    }
    if (isAllowed) {
      response.setHeader('access-control-allow-methods', 'GET, HEAD, POST, PATCH, DELETE');
      response.setHeader('access-control-allow-headers', ALLOWED);
      response.setHeader('access-control-max-age', '7200');
    }
    response.status(204).end();
  };
}
