import type { GraphQLCompositeType } from 'graphql';
import { isObject, type Json, type JsonObject, own } from '../json.js';
import type { DataField, Shape } from './shape.js';

type Path = readonly (string | number)[];

/** A path of the fetched data in the client's keys. What the client did not select (a plan fetches more than that) stays as it is. */
export function clientPath(path: Path, root: JsonObject, shape: Shape): Path {
  const translated: (string | number)[] = [];
  let value: Json = root;
  let at: Shape | undefined = shape;
  for (const segment of path) {
    if (typeof segment === 'number') {
      translated.push(segment);
      value = Array.isArray(value) ? value[segment] : undefined;
      continue;
    }
    const field: DataField | undefined = at === undefined ? undefined : fieldAt(segment, value, at);
    translated.push(field?.key ?? segment);
    value = isObject(value) ? own(value, segment) : undefined;
    at = field?.shape;
  }
  return translated;
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
