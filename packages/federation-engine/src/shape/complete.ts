import { type GraphQLCompositeType, type GraphQLOutputType, isListType, isNonNullType, isObjectType } from 'graphql';
import { isObject, type Json, type JsonObject, own } from '../json.js';
import { isValidLeaf } from './leaf.js';
import type { DataField, Shape, ShapeField } from './shape.js';

/** A value that a subgraph should not have given, where it stands in the answer. */
export interface Flaw {
  readonly message: string;
  readonly path: readonly (string | number)[];
}

export interface Completed {
  readonly data: JsonObject | null;
  readonly flaws: readonly Flaw[];
}

/** Answers an introspection field. */
export type Introspect = (field: Extract<ShapeField, { kind: 'introspection' }>) => Json;

/** Stands for a null that may not be here: what is around becomes null as well. */
const REFUSED = Symbol('refused');
type Refused = typeof REFUSED;

/** Makes the answer of the fetched data: what the client selected, in its order, under its keys, with nulls going as far up as the types say. */
export function complete(root: JsonObject, shape: Shape, introspect: Introspect): Completed {
  const completion = new Completion(introspect);
  const data = completion.object(root, shape, shape.declared);
  return { data: data === REFUSED ? null : data, flaws: completion.flaws };
}

class Completion {
  readonly flaws: Flaw[] = [];
  readonly #path: (string | number)[] = [];
  readonly #introspect: Introspect;

  constructor(introspect: Introspect) {
    this.#introspect = introspect;
  }

  object(source: JsonObject, shape: Shape, type: GraphQLCompositeType): JsonObject | Refused {
    const made: JsonObject = {};
    for (const field of shape.fields(type)) {
      const value = this.#field(field, source, type);
      if (value === REFUSED) return REFUSED;
      if (field.key === '__proto__')
        Object.defineProperty(made, field.key, { value, enumerable: true, configurable: true, writable: true });
      else made[field.key] = value;
    }
    return made;
  }

  #field(field: ShapeField, source: JsonObject, type: GraphQLCompositeType): Json | Refused {
    if (field.kind === 'typename') return isObjectType(type) ? type.name : REFUSED;
    if (field.kind === 'introspection') return this.#introspect(field);
    this.#path.push(field.key);
    const value = this.#value(own(source, field.fetchKey) ?? null, field.type, field, type);
    this.#path.pop();
    return value;
  }

  #value(value: Json, type: GraphQLOutputType, field: DataField, parent: GraphQLCompositeType): Json | Refused {
    if (isNonNullType(type)) return this.#nonNull(value, type.ofType, field, parent);
    if (value === null || value === undefined) return null;
    if (isListType(type)) return this.#list(value, type.ofType, field, parent);
    if (field.shape !== undefined) return this.#composite(value, field.shape, field, parent);
    if (field.leaf !== undefined && isValidLeaf(field.leaf, value)) return value;
    return this.#flaw(`Invalid value found for ${this.#here(type, field, parent)}.`);
  }

  #nonNull(value: Json, type: GraphQLOutputType, field: DataField, parent: GraphQLCompositeType): Json | Refused {
    const before = this.flaws.length;
    const made = this.#value(value, type, field, parent);
    if (made !== null) return made;
    // One that was told of below is not told of again.
    if (this.flaws.length === before) this.#flaw(`Cannot return null for non-nullable ${this.#here(type, field, parent)}.`);
    return REFUSED;
  }

  #list(value: Json, type: GraphQLOutputType, field: DataField, parent: GraphQLCompositeType): Json[] | null {
    if (!Array.isArray(value)) return this.#flaw(`Invalid non-list value found for ${this.#here(type, field, parent)}.`);
    const made: Json[] = [];
    let isRefused = false;
    for (const [index, element] of value.entries()) {
      this.#path.push(index);
      const one = this.#value(element ?? null, type, field, parent);
      this.#path.pop();
      if (one === REFUSED) isRefused = true;
      else made.push(one);
    }
    return isRefused ? null : made;
  }

  #composite(value: Json, shape: Shape, field: DataField, parent: GraphQLCompositeType): JsonObject | null {
    if (!isObject(value)) return this.#flaw(`Invalid non-object value found for ${this.#here(shape.declared, field, parent)}.`);
    const name = own(value, '__typename');
    const type = name == null || name === '' ? shape.declared : typeof name === 'string' ? shape.runtimeType(name) : undefined;
    if (type === undefined) return this.#flaw(`Invalid __typename found for object at ${this.#here(shape.declared, field, parent)}.`);
    const made = this.object(value, shape, type);
    return made === REFUSED ? null : made;
  }

  #flaw(message: string): null {
    this.flaws.push({ message, path: [...this.#path] });
    return null;
  }

  #here(type: GraphQLOutputType, field: DataField, parent: GraphQLCompositeType): string {
    const last = this.#path.at(-1);
    return typeof last === 'number' ? `array element of type ${String(type)} at index ${last}` : `field ${parent.name}.${field.name}`;
  }
}
