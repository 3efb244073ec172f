import type { RequestHandler } from 'express';

/** Where RFC 8414 has clients look for the metadata of an issuer with a path: before the path. What stands there is what the issuer has below it. */
export const METADATA = '/.well-known/oauth-authorization-server';

/** Hands `/.well-known/oauth-authorization-server/<issuer>` on as `/<issuer>/.well-known/oauth-authorization-server`. */
export const issuerMetadata: RequestHandler = (request, _response, next) => {
  const path = request.path.slice(METADATA.length);
  request.url = `${path}${METADATA}`;
  // Proxies and the issuer itself go by this one.
  request.originalUrl = request.url;
  next();
};
