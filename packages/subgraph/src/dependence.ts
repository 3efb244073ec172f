import type { Amiss } from '@plaza/calls/aside';
import { type GraphQLSchema, isObjectType } from 'graphql';

/** What some fields need beside the database, and what becomes of them while it is away. Fields go by their coordinates: `Viewer.homeFeed`. */
export interface Dependence {
  readonly isAway: () => boolean;
  /** They show what was before. */
  readonly stale?: readonly string[];
  /** They lead to what cannot be had meanwhile. */
  readonly degraded?: readonly string[];
}

/**
 * What is to be said of a subgraph's fields at a moment; undefined while nothing is away.
 * @throws Error where a field is none of the schema's: a bug of the caller
 */
export function amissBy(dependences: readonly Dependence[], schema: GraphQLSchema): () => Amiss | undefined {
  for (const { stale = [], degraded = [] } of dependences)
    for (const coordinate of [...stale, ...degraded]) if (!isField(coordinate, schema)) throw new Error(`there is no field ${coordinate}`);
  return () => {
    const away = dependences.filter(({ isAway }) => isAway());
    if (away.length === 0) return undefined;
    return { stale: away.flatMap(({ stale = [] }) => stale), degraded: away.flatMap(({ degraded = [] }) => degraded) };
  };
}

function isField(coordinate: string, schema: GraphQLSchema): boolean {
  const [name = '', field = ''] = coordinate.split('.');
  const type = schema.getType(name);
  return isObjectType(type) && field in type.getFields();
}

/** All live fields of a schema. */
export const liveFields = (schema: GraphQLSchema): readonly string[] =>
  Object.keys(schema.getSubscriptionType()?.getFields() ?? {}).map((name) => `Subscription.${name}`);
