import type { GraphQLError } from 'graphql';

/**
 * What of an answer is missing because a part of Plaza is away: places in the client's own keys, without the numbers of list items, each once.
 * `["me.homeFeed", "things.name"]`: a client can leave these parts of its page out without reading through the errors.
 */
export function degradedPlaces(errors: readonly GraphQLError[]): readonly string[] {
  const places = errors.flatMap(({ path, extensions }) =>
    extensions['code'] === 'UNAVAILABLE' && path !== undefined ? [path.filter((key) => typeof key === 'string').join('.')] : [],
  );
  return [...new Set(places)].toSorted();
}
