import { type GraphQLCompositeType, isNonNullType } from 'graphql';
import { isObject, type Json, type JsonObject, own } from '../json.js';
import type { DataField, Shape } from './shape.js';

type Path = readonly (string | number)[];

/** A path of the fetched data in the client's keys. What the client did not select (a plan fetches more than that) stays as it is. */
export function clientPath(path: Path, root: JsonObject, shape: Shape): Path {
  const fields = fieldsAlong(path, root, shape);
  return path.map((segment, index) => fields[index]?.key ?? segment);
}

/** Whether the client selected what stands at a path of the fetched data, and has no object around it where it is null. */
export function takesItsObjectAlong(path: Path, root: JsonObject, shape: Shape): boolean {
  const field = fieldsAlong(path, root, shape).at(-1);
  return field !== undefined && isNonNullType(field.type);
}

/** What the client selected, segment by segment; undefined for places in lists and for what it did not. */
function fieldsAlong(path: Path, root: JsonObject, shape: Shape): readonly (DataField | undefined)[] {
  let value: Json = root;
  let at: Shape | undefined = shape;
  return path.map((segment) => {
    if (typeof segment === 'number') {
      value = Array.isArray(value) ? value[segment] : undefined;
      return undefined;
    }
    const field: DataField | undefined = at === undefined ? undefined : fieldAt(segment, value, at);
    value = isObject(value) ? own(value, segment) : undefined;
    at = field?.shape;
    return field;
  });
}

function fieldAt(fetchKey: string, value: Json, shape: Shape): DataField | undefined {
  for (const type of typesOf(value, shape)) {
    for (const field of shape.fields(type)) if (field.kind === 'data' && field.fetchKey === fetchKey) return field;
  }
  return undefined;
}

/** Where nothing came no type is known: any of them will do. */
function typesOf(value: Json, shape: Shape): readonly GraphQLCompositeType[] {
  const name = isObject(value) ? own(value, '__typename') : undefined;
  const type = typeof name === 'string' ? shape.runtimeType(name) : undefined;
  return type === undefined ? [shape.declared, ...shape.possibleTypes()] : [type];
}
