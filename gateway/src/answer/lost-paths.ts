import { cacheCount } from '@plaza/telemetry/cache-counts';
import { GraphQLError, Kind, parse, type SelectionSetNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { SubgraphQuery } from '../engine/engine.js';
import type { Path } from '../operations/restore.js';

/** What a fetch asks for at its top: the response keys of a root, or those of each entity type. */
type Asked =
  | { readonly kind: 'root'; readonly keys: readonly string[] }
  | { readonly kind: 'entities'; readonly keysByType: ReadonlyMap<string, readonly string[]> };

/** More than a client is told of. */
const MAX_PATHS = 200;
const asked = new LRUCache<string, Asked>({ max: 500 });
const count = cacheCount('fetch_paths');

/** Why a fetch brought nothing. */
export interface Loss {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** One error for each place that a fetch was to fill, in the paths of the fetch: a subgraph that says nothing leaves a null with a reason. */
export function errorsWhereLost(query: SubgraphQuery, { message, extensions }: Loss): readonly GraphQLError[] {
  return lostPaths(query).map((path) => new GraphQLError(message, { path, extensions }));
}

function lostPaths({ query, variables }: SubgraphQuery): readonly Path[] {
  const wanted = askedBy(query);
  if (wanted.kind === 'root') return wanted.keys.map((key) => [key]);
  const representations = Array.isArray(variables['representations'])
    ? (variables['representations'] as readonly { readonly __typename?: string }[])
    : []; // the engine made them
  const paths: Path[] = [];
  for (const [index, { __typename = '' }] of representations.entries()) {
    for (const key of wanted.keysByType.get(__typename) ?? wanted.keysByType.get('') ?? []) {
      if (paths.push(['_entities', index, key]) >= MAX_PATHS) return paths;
    }
  }
  return paths;
}

function askedBy(query: string): Asked {
  const known = asked.get(query);
  count[known === undefined ? 'misses' : 'hits'] += 1;
  if (known !== undefined) return known;
  const made = readAsked(query);
  asked.set(query, made);
  return made;
}

function readAsked(query: string): Asked {
  const document = parse(query, { noLocation: true });
  const fragments = new Map(
    document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node.selectionSet] as const] : [])),
  );
  const root = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION)?.selectionSet;
  const entities = root?.selections.find((node) => node.kind === Kind.FIELD && node.name.value === '_entities');
  if (entities?.kind !== Kind.FIELD || entities.selectionSet === undefined)
    return { kind: 'root', keys: root === undefined ? [] : keysOf(root, fragments) };
  const keysByType = new Map<string, readonly string[]>([['', keysOf(entities.selectionSet, fragments)]]);
  for (const node of entities.selectionSet.selections) {
    if (node.kind !== Kind.INLINE_FRAGMENT || node.typeCondition === undefined) continue;
    const type = node.typeCondition.name.value;
    keysByType.set(type, [...(keysByType.get(type) ?? []), ...keysOf(node.selectionSet, fragments)]);
  }
  return { kind: 'entities', keysByType };
}

function keysOf({ selections }: SelectionSetNode, fragments: ReadonlyMap<string, SelectionSetNode>): readonly string[] {
  const keys = selections.flatMap((node) => {
    if (node.kind === Kind.FIELD) return node.name.value === '__typename' ? [] : [(node.alias ?? node.name).value];
    const within = node.kind === Kind.INLINE_FRAGMENT ? node.selectionSet : fragments.get(node.name.value);
    return within === undefined ? [] : keysOf(within, fragments);
  });
  return [...new Set(keys)];
}
