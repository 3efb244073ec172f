import type { FetchDataRewrite } from '@apollo/query-planner';
import { isObject, type Json, own } from '../json.js';
import type { Place } from './targets.js';
import type { TypeConditions } from './type-condition.js';

type ContextRewrite = Extract<FetchDataRewrite, { kind: 'KeyRenamer' }>;

const FRAGMENT = '... on ';

/**
 * The arguments that a place takes from its context: each is read some levels above (`..`, a list is no level of its own) from what was
 * fetched there. Of several ways, the one holds whose type conditions do.
 */
export function contextVariables(rewrites: readonly ContextRewrite[], place: Place, types: TypeConditions): Record<string, Json> {
  const found: Record<string, Json> = {};
  for (const { path, renameKeyTo } of rewrites) {
    const value = valueAt(path, place, types);
    if (value !== undefined) found[renameKeyTo] = value;
  }
  return found;
}

function valueAt(path: readonly string[], { target, above }: Place, types: TypeConditions): Json {
  let level = above.length;
  let value: Json = target;
  for (const element of path) {
    if (element === '..') {
      level -= 1;
      value = above[level];
    } else if (element.startsWith(FRAGMENT)) {
      if (!isObject(value) || !types.holds(value, element.slice(FRAGMENT.length))) return undefined;
    } else value = into(value, element);
  }
  return value;
}

function into(value: Json, key: string): Json {
  if (Array.isArray(value)) return value.map((element) => into(element, key));
  return isObject(value) ? own(value, key) : value;
}
