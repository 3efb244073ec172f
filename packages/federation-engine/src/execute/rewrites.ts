import type { FetchDataRewrite } from '@apollo/query-planner';
import { isObject, type Json, type JsonObject, own } from '../json.js';
import type { TypeConditions } from './type-condition.js';

const FRAGMENT = '... on ';

/** Does to data what the planner asks for around a fetch: gives an object another `__typename`, brings a renamed key back to its place. */
export function applyRewrites(rewrites: readonly FetchDataRewrite[] | undefined, value: Json, types: TypeConditions): void {
  for (const rewrite of rewrites ?? []) {
    const last = rewrite.path.at(-1);
    if (last !== undefined) applyAt(rewrite.path.slice(0, -1), value, types, (object) => rewriteAt(rewrite, last, object));
  }
}

function rewriteAt(rewrite: FetchDataRewrite, key: string, object: JsonObject): void {
  if (rewrite.kind === 'ValueSetter') {
    object[key] = rewrite.setValueTo as Json; // the planner's own constant
    return;
  }
  if (!Object.hasOwn(object, key)) return;
  const value = object[key];
  if (value === undefined) return;
  // Several fields may be fetched under keys of their own for one place, of which each object has one.
  object[rewrite.renameKeyTo] = value;
  object[key] = undefined;
}

function applyAt(path: readonly string[], value: Json, types: TypeConditions, apply: (object: JsonObject) => void): void {
  if (Array.isArray(value)) {
    for (const element of value) applyAt(path, element, types, apply);
    return;
  }
  if (!isObject(value)) return;
  const [first, ...rest] = path;
  if (first === undefined) apply(value);
  else if (!first.startsWith(FRAGMENT)) applyAt(rest, own(value, first), types, apply);
  else if (types.holds(value, first.slice(FRAGMENT.length), true)) applyAt(rest, value, types, apply);
}
