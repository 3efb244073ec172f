import {
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import type { Prepared } from '../operations/operations.js';

/** A place in an answer by the client's own keys, without the numbers of list items. */
type Place = readonly string[];
/** Where fields stand in an operation, by coordinate: `Viewer.homeFeed`. */
type Places = ReadonlyMap<string, readonly Place[]>;

const found = new WeakMap<Prepared, Places>();

/**
 * Where an answer has something of these fields, as `me.homeFeed`: each place once, in order. Null is nothing.
 * @param coordinates of fields of object types
 * @param data in the client's own keys
 */
export function placesIn(data: unknown, coordinates: ReadonlySet<string>, prepared: Prepared, schema: GraphQLSchema): readonly string[] {
  let places = found.get(prepared);
  if (places === undefined) found.set(prepared, (places = placesOf(prepared, schema)));
  const there = [...coordinates].flatMap((coordinate) => places.get(coordinate) ?? []).filter((place) => isThere(data, place, 0));
  return [...new Set(there.map((place) => place.join('.')))].toSorted();
}

function isThere(value: unknown, place: Place, at: number): boolean {
  if (value === null || value === undefined) return false;
  if (Array.isArray(value)) return value.some((item) => isThere(item, place, at));
  const key = place[at];
  if (key === undefined) return true;
  return typeof value === 'object' && isThere((value as Readonly<Record<string, unknown>>)[key], place, at + 1);
}

function placesOf({ document, operation }: Prepared, schema: GraphQLSchema): Places {
  const places = new Map<string, Place[]>();
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);

  function field(node: FieldNode, parent: GraphQLNamedType, around: Place): void {
    const { value: name } = node.name;
    const place = [...around, node.alias?.value ?? name];
    for (const type of isAbstractType(parent) ? schema.getPossibleTypes(parent) : [parent]) {
      const coordinate = `${type.name}.${name}`;
      const known = places.get(coordinate);
      if (known === undefined) places.set(coordinate, [place]);
      else known.push(place);
    }
    if (node.selectionSet === undefined || !(isObjectType(parent) || isInterfaceType(parent))) return;
    const type = parent.getFields()[name]?.type;
    if (type !== undefined) set(node.selectionSet, getNamedType(type), place);
  }

  function set({ selections }: SelectionSetNode, parent: GraphQLNamedType, around: Place): void {
    for (const node of selections) {
      if (node.kind === Kind.FIELD) {
        field(node, parent, around);
        continue;
      }
      const within = node.kind === Kind.INLINE_FRAGMENT ? node : fragments.get(node.name.value);
      const condition = within?.typeCondition?.name.value;
      if (within !== undefined) set(within.selectionSet, condition === undefined ? parent : (schema.getType(condition) ?? parent), around);
    }
  }

  const root = schema.getRootType(operation.operation);
  if (root != null) set(operation.selectionSet, root, []);
  return places;
}
