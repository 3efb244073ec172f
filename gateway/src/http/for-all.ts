import type { Response } from 'express';
import type { AdmittedRequest } from '../request.js';

/** Caches that many share give it again for a second; a browser asks each time. */
const KEPT = 'public, max-age=0, s-maxage=1';
/** What an answer tells of who asked. */
const OF_THE_ASKER = ['x-request-id', 'ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'];

/**
 * Whether everybody without a token is answered the same: what a guest reads by one of the graph's own documents. Other texts are as many as anybody
 * cares to write, and would push these out of a cache.
 */
export function isForEverybody({ caller, prepared }: AdmittedRequest): boolean {
  const { kind, isTrusted } = prepared.planned;
  return caller.identity === null && caller.app === null && kind === 'query' && isTrusted === true;
}

/** Lets caches that many share keep the answer: it is whole, and {@link isForEverybody}. */
export function keepForAll(response: Response): void {
  for (const name of OF_THE_ASKER) response.removeHeader(name);
  response.setHeader('cache-control', KEPT);
  // Whoever sends a token is somebody, and is answered for themselves.
  response.vary('Accept').vary('Authorization');
}
