import { isObject, type Json, type JsonObject, own } from '../json.js';

/** Names of the fields that entities of a type are told apart by. */
export type KeyNames = (typename: string) => readonly string[];

/**
 * Adds to fetched data what only another part of its operation fetched. Objects are the same when they stand at the same place and have the
 * same keys; where a list came in another order or length nothing is added.
 */
export function graft(target: JsonObject, source: JsonObject, keyNames: KeyNames): void {
  if (!isSame(target, source, keyNames)) return;
  for (const key of Object.keys(source)) {
    if (key === '__proto__') continue;
    const value = source[key];
    const known = own(target, key);
    if (known === undefined) target[key] = value;
    else into(known, value, keyNames);
  }
}

function into(known: Json, value: Json, keyNames: KeyNames): void {
  if (isObject(known) && isObject(value)) graft(known, value, keyNames);
  else if (Array.isArray(known) && Array.isArray(value) && known.length === value.length) {
    for (const [index, element] of value.entries()) into(known[index], element, keyNames);
  }
}

function isSame(target: JsonObject, source: JsonObject, keyNames: KeyNames): boolean {
  const [here, there] = [own(target, '__typename'), own(source, '__typename')];
  if (typeof here !== 'string' || typeof there !== 'string') return true;
  return (
    here === there &&
    keyNames(here).every((key) => {
      const [one, other] = [own(target, key), own(source, key)];
      return one === undefined || other === undefined || typeof one === 'object' || one === other;
    })
  );
}
