/** What a subgraph's answer consists of. */
export type Json = string | number | boolean | null | undefined | JsonObject | Json[];
export interface JsonObject {
  [key: string]: Json;
}

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

const INHERITED = Object.prototype as unknown as JsonObject; // what every object answers to, read by name

/** A value of the object's own: a field may be called `constructor`. */
export function own(object: JsonObject, key: string): Json {
  if (key === '__proto__') return Object.hasOwn(object, key) ? object[key] : undefined;
  const value = object[key];
  // Asked of every field of every object: the slower question only where there is doubt.
  return value !== undefined && value === INHERITED[key] && !Object.hasOwn(object, key) ? undefined : value;
}

/** A copy that shares nothing with the original. */
export function copy(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy);
  const made: JsonObject = {};
  for (const key of Object.keys(value)) if (key !== '__proto__') made[key] = copy(value[key]);
  return made;
}
