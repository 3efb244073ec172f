import {
  type FieldNode,
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { isIncluded } from '../plan/conditions.js';
import type { NormalOperation } from '../plan/operation.js';
import { type LeafCheck, leafCheck } from './leaf.js';

/** A place of the answer: the client's key, and what stands there. */
export type ShapeField =
  | { readonly kind: 'typename'; readonly key: string }
  | { readonly kind: 'introspection'; readonly key: string; readonly nodes: FieldNode[] }
  | DataField;

export interface DataField {
  readonly kind: 'data';
  readonly key: string;
  /** Its key in the fetched data. */
  readonly fetchKey: string;
  readonly name: string;
  readonly type: GraphQLOutputType;
  /** For a leaf. */
  readonly leaf: LeafCheck | undefined;
  /** For an object. */
  readonly shape: Shape | undefined;
}

/** A field of which not all selections are read yet. */
interface OpenField {
  readonly field: Omit<DataField, 'shape'>;
  readonly selections: Selections[];
}

interface Selections {
  readonly parent: GraphQLCompositeType;
  readonly set: SelectionSetNode;
}

export interface ShapeContext {
  readonly schema: GraphQLSchema;
  readonly operation: NormalOperation;
  /** Values of the variables that `@skip` and `@include` read. */
  readonly conditions: Readonly<Record<string, boolean>>;
}

/** What the answer has for an object: the client's selections, merged, for each type that the object may have. Made when first needed. */
export class Shape {
  readonly declared: GraphQLCompositeType;
  readonly #context: ShapeContext;
  readonly #selections: readonly Selections[];
  readonly #known = new Map<string, readonly ShapeField[]>();

  private constructor(declared: GraphQLCompositeType, selections: readonly Selections[], context: ShapeContext) {
    this.declared = declared;
    this.#selections = selections;
    this.#context = context;
  }

  static of(context: ShapeContext): Shape {
    const { operation } = context.operation;
    const root = context.schema.getRootType(operation.operation);
    if (root == null) throw new Error(`The graph has no ${operation.operation}.`);
    return new Shape(root, [{ parent: root, set: operation.selectionSet }], context);
  }

  /** The type of that name, of the clients' schema. */
  runtimeType(name: string): GraphQLCompositeType | undefined {
    const type = this.#context.schema.getType(name);
    return type !== undefined && isCompositeType(type) ? type : undefined;
  }

  /** Types that an object here may have. */
  possibleTypes(): readonly GraphQLCompositeType[] {
    return isAbstractType(this.declared) ? this.#context.schema.getPossibleTypes(this.declared) : [this.declared];
  }

  /** In the order of the client. @param type of the object, as far as it is known */
  fields(type: GraphQLCompositeType): readonly ShapeField[] {
    const known = this.#known.get(type.name);
    if (known !== undefined) return known;
    const made = this.#read(type);
    this.#known.set(type.name, made);
    return made;
  }

  #read(type: GraphQLCompositeType): readonly ShapeField[] {
    const found = new Map<string, ShapeField | OpenField>();
    for (const { parent, set } of this.#selections) this.#collect(set, parent, type, found);
    return [...found.values()].map((entry) => ('kind' in entry ? entry : this.#closed(entry)));
  }

  #closed({ field, selections }: OpenField): DataField {
    const named = getNamedType(field.type);
    return { shape: isCompositeType(named) ? new Shape(named, selections, this.#context) : undefined, ...field };
  }

  #collect(
    set: SelectionSetNode,
    parent: GraphQLCompositeType,
    type: GraphQLCompositeType,
    found: Map<string, ShapeField | OpenField>,
  ): void {
    for (const node of set.selections) {
      if (!isIncluded(node.directives, this.#context.conditions)) continue;
      if (node.kind === Kind.FIELD) {
        this.#add(node, parent, type, found);
        continue;
      }
      const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : this.#context.operation.fragments.get(node.name.value);
      if (fragment === undefined) continue;
      const condition = fragment.typeCondition === undefined ? parent : this.runtimeType(fragment.typeCondition.name.value);
      if (condition !== undefined && isWithin(this.#context.schema, condition, type))
        this.#collect(fragment.selectionSet, condition, type, found);
    }
  }

  #add(node: FieldNode, parent: GraphQLCompositeType, type: GraphQLCompositeType, found: Map<string, ShapeField | OpenField>): void {
    const key = node.alias?.value ?? node.name.value;
    const name = node.name.value;
    const known = found.get(key);
    if (name === '__typename') {
      if (known === undefined) found.set(key, { kind: 'typename', key });
    } else if (name === '__schema' || name === '__type') {
      if (known !== undefined && 'nodes' in known) known.nodes.push(node);
      else found.set(key, { kind: 'introspection', key, nodes: [node] });
    } else {
      const open = known !== undefined && 'field' in known ? known : this.#opened(node, key, parent, type);
      if (open === undefined) return;
      found.set(key, open);
      if (node.selectionSet !== undefined) open.selections.push({ parent: compositeOf(open.field.type), set: node.selectionSet });
    }
  }

  #opened(node: FieldNode, key: string, parent: GraphQLCompositeType, type: GraphQLCompositeType): OpenField | undefined {
    // The object's own definition says whether it may be null; that of an interface may promise less.
    const definition = fieldOf(type, node.name.value) ?? fieldOf(parent, node.name.value);
    if (definition === undefined) return undefined;
    const leaf = leafCheck(getNamedType(definition.type));
    const field = {
      kind: 'data',
      key,
      fetchKey: this.#context.operation.fetchKey(node),
      name: node.name.value,
      type: definition.type,
      leaf,
    } as const;
    return { field, selections: [] };
  }
}

const fieldOf = (type: GraphQLCompositeType, name: string): ReturnType<GraphQLObjectType['getFields']>[string] | undefined =>
  isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;

function compositeOf(type: GraphQLOutputType): GraphQLCompositeType {
  const named: GraphQLNamedType = getNamedType(type);
  if (!isCompositeType(named)) throw new Error(`${named.name} has no fields.`);
  return named;
}

const isWithin = (schema: GraphQLSchema, outer: GraphQLCompositeType, inner: GraphQLCompositeType): boolean =>
  outer === inner || (isAbstractType(outer) && (isObjectType(inner) || isInterfaceType(inner)) && schema.isSubType(outer, inner));
