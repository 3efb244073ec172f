import { type GraphQLOutputType, isListType, isNonNullType } from 'graphql';
import type { Denial } from '../access/policy-table.js';
import type { Shape, ShapeField } from './rewrite.js';

export type Path = readonly (string | number)[];

/** A field that the asker may not have, in one object of the answer. */
export interface DeniedField {
  readonly path: Path;
  readonly denial: Denial;
}

type Value = Readonly<Record<string, unknown>>;

/** A null where none may be: it takes the nearest place around it that may be null. */
const BUBBLE = Symbol('bubble');

/** Gives the answer of a rewritten operation the client's own keys, and null in place of what was denied. */
export function restore(data: Value, shape: Shape): { readonly data: Value | null; readonly denied: readonly DeniedField[] } {
  const denied: DeniedField[] = [];

  function object(value: Value, fields: Shape, path: Path): Value | typeof BUBBLE {
    const restored: Record<string, unknown> = {};
    let bubbles = false;
    for (const [planned, content] of Object.entries(value)) {
      const field = fields.get(planned);
      if (field === undefined) continue;
      const given = fieldValue(content, field, [...path, field.key]);
      if (given === BUBBLE) bubbles = true;
      else restored[field.key] = given;
    }
    return bubbles ? BUBBLE : restored;
  }

  function fieldValue(content: unknown, field: ShapeField, path: Path): unknown {
    if (field.denial === null) return field.children.size === 0 ? content : complete(content, field.type, field.children, path);
    denied.push({ path, denial: field.denial });
    return field.type !== null && isNonNullType(field.type) ? BUBBLE : null;
  }

  function complete(content: unknown, type: GraphQLOutputType | null, children: Shape, path: Path): unknown {
    const given = within(content, type !== null && isNonNullType(type) ? type.ofType : type, children, path);
    return given === BUBBLE && !(type !== null && isNonNullType(type)) ? null : given;
  }

  function within(content: unknown, type: GraphQLOutputType | null, children: Shape, path: Path): unknown {
    if (content === null || content === undefined) return null;
    if (!Array.isArray(content)) return object(content as Value, children, path); // has children, so it is an object
    const itemType = type !== null && isListType(type) ? type.ofType : null;
    const items = content.map((item: unknown, index) => complete(item, itemType, children, [...path, index]));
    return items.includes(BUBBLE) ? BUBBLE : items;
  }

  const restored = object(data, shape, []);
  return { data: restored === BUBBLE ? null : restored, denied };
}

/** Where an error of the rewritten operation is, in the client's keys. */
export interface RestoredPath {
  readonly path: Path;
  /** False when the error is at a field that the gateway asked for its own needs; `path` then ends at the object around it. */
  readonly isAsked: boolean;
}

export function restorePath(path: Path, shape: Shape): RestoredPath {
  const restored: (string | number)[] = [];
  let fields: Shape | undefined = shape;
  for (const segment of path) {
    if (typeof segment === 'number') {
      restored.push(segment);
      continue;
    }
    const field: ShapeField | undefined = fields?.get(segment);
    if (field === undefined) return { path: restored, isAsked: false };
    restored.push(field.key);
    fields = field.children;
  }
  return { path: restored, isAsked: true };
}
