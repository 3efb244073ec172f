/** What a subgraph's answer consists of. */
export type Json = string | number | boolean | null | undefined | JsonObject | Json[];
export interface JsonObject {
  [key: string]: Json;
}

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value of the object's own: a field may be called `constructor`. What every object answers to is a function, which JSON has none of. */
export function own(object: JsonObject, key: string): Json {
  if (key === '__proto__') return Object.hasOwn(object, key) ? object[key] : undefined;
  const value: unknown = object[key];
  return typeof value === 'function' ? undefined : (value as Json); // else of the object's own, or not there
}

/** A copy that shares nothing with the original. */
export function copy(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy);
  const made: JsonObject = {};
  for (const key of Object.keys(value)) if (key !== '__proto__') made[key] = copy(value[key]);
  return made;
}
