import { isObject, type Json, type JsonObject, own } from '../json.js';
import type { TypeConditions } from './type-condition.js';

/**
 * Lays what a fetch brought over what is known: objects field by field, lists of equal length element by element, anything else takes the
 * place. `__proto__` is no field of any graph and left out. A subgraph that knows an interface as an object (`@interfaceObject`) calls every
 * entity by the interface's name: the name of the type is kept where it is known.
 */
export function merge(target: JsonObject, source: JsonObject, types: TypeConditions): void {
  for (const key of Object.keys(source)) if (key !== '__proto__') mergeField(target, key, source[key], types);
}

/** The same of one field. */
export function mergeField(target: JsonObject, key: string, value: Json, types: TypeConditions): void {
  if (value === undefined) return;
  const known = own(target, key);
  if (isObject(value)) {
    if (isObject(known)) {
      if (known !== value) merge(known, value, types);
    } else target[key] = value;
  } else if (Array.isArray(value) && Array.isArray(known) && value.length === known.length) {
    if (known === value) return;
    for (let index = 0; index < value.length; index += 1) {
      const [before, after] = [known[index], value[index]];
      if (isObject(before) && isObject(after)) merge(before, after, types);
      else known[index] = after;
    }
  } else if (key !== '__typename' || known == null || types.isObjectType(value)) target[key] = value;
}
