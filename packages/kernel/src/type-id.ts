import { fromUUID, toUUID, type TypeId } from 'typeid-js';

/** `user` + a UUID → `user_01h455vb4pex5vsknk084sn02q` (TypeID 0.3): what the graph shows instead of a UUID. */
export function toTypeId(prefix: string, uuid: string): string {
  return fromUUID(uuid, prefix);
}

/** What follows the prefix and the underscore: 130 bits of a UUID's 128, so the first is at most 7. */
const SUFFIX = 26;

/** The UUID within a TypeID of this prefix; null for another prefix and for anything malformed: a malformed id is a missing id. */
export function fromTypeId(prefix: string, id: string): string | null {
  const start = prefix.length + 1;
  // Only the canonical spelling counts, else one thing would have several ids: of this length and alphabet each UUID has one.
  if (id.length !== start + SUFFIX || !id.startsWith(prefix) || id.charAt(start - 1) !== '_' || id.charAt(start) > '7') return null;
  try {
    return toUUID(id as TypeId<string>);
  } catch {
    return null;
  }
}

/** What stands before the last underscore: the type that an id claims. Null without one. */
export function typeIdPrefix(id: string): string | null {
  const end = id.lastIndexOf('_');
  return end > 0 ? id.slice(0, end) : null;
}
