import type { Request } from 'express';

/** A page may send these to another site only after it asked it first; what is odd does not count (browsers differ on it). */
const JSON_TYPE = /^application\/(?:graphql\+)?json\s*(?:;|$)/iu;
/** Headers that no page may send to another site without asking it first. */
const TELLING = ['apollo-require-preflight', 'x-apollo-operation-name'];

/**
 * Whether a browser would have asked us before it sent this from another site's page. Otherwise it may be that page's doing: ApolloServer has the
 * same guard for what it answers.
 */
export function isPreflighted(request: Request): boolean {
  if (JSON_TYPE.test(request.get('content-type') ?? '')) return true;
  return TELLING.some((name) => (request.get(name) ?? '') !== '');
}
