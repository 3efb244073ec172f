const JSON_TYPE = 'application/json; charset=utf-8';
const GRAPHQL_TYPE = 'application/graphql-response+json; charset=utf-8';

/** What clients write into `accept`, nearly all of them, and the media type that they are answered in. */
const PLAIN: ReadonlyMap<string, string> = new Map([
  ['', JSON_TYPE],
  ['*/*', JSON_TYPE],
  ['application/json', JSON_TYPE],
  ['application/json, */*', JSON_TYPE],
  ['application/json, text/plain, */*', JSON_TYPE],
  ['application/json, application/graphql-response+json', JSON_TYPE],
  ['application/graphql-response+json', GRAPHQL_TYPE],
  ['application/graphql-response+json, application/json', GRAPHQL_TYPE],
  ['application/graphql-response+json,application/json;q=0.9', GRAPHQL_TYPE],
  ['application/graphql-response+json, application/json;q=0.9', GRAPHQL_TYPE],
]);

/** The media type of an answer for this `accept`; undefined where it has to be read with more care. */
export const plainMediaType = (accept: string | undefined): string | undefined => PLAIN.get(accept ?? '');

/** All that need no care, to be tried out. */
export const PLAIN_ACCEPTS: readonly string[] = [...PLAIN.keys()];
