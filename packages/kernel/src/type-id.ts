import { fromUUID, toUUID, type TypeId } from 'typeid-js';

/** `user` + a UUID → `user_01h455vb4pex5vsknk084sn02q` (TypeID 0.3): what the graph shows instead of a UUID. */
export function toTypeId(prefix: string, uuid: string): string {
  return fromUUID(uuid, prefix);
}

/** The UUID within a TypeID of this prefix; null for another prefix and for anything malformed: a malformed id is a missing id. */
export function fromTypeId(prefix: string, id: string): string | null {
  try {
    // Only the canonical spelling counts, else one thing would have several ids; what is written as it was is whole and of this prefix.
    const uuid = toUUID(id as TypeId<string>);
    return fromUUID(uuid, prefix) === id ? uuid : null;
  } catch {
    return null;
  }
}

/** What stands before the last underscore: the type that an id claims. Null without one. */
export function typeIdPrefix(id: string): string | null {
  const end = id.lastIndexOf('_');
  return end > 0 ? id.slice(0, end) : null;
}
