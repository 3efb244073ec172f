import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';
import type { Access, Denial, Rights } from '../access/policy-table.js';
import { anotherName, deniedPlace, OWN_ID, renamedAlias } from './names.js';

/** What stands under one response key of the rewritten operation. */
export interface ShapeField {
  /** The response key that the client asked for. */
  readonly key: string;
  /** Null for `__typename` and what else has no field of its own. */
  readonly type: GraphQLOutputType | null;
  /** Why the client gets null in place of it. */
  readonly denial: Denial | null;
  /** What it selects, by response key of the rewritten operation. */
  readonly children: Shape;
}

export type Shape = Map<string, ShapeField>;

/** One operation as it is planned, and the way back to what the client wrote. */
export interface Rewritten {
  readonly document: DocumentNode;
  readonly shape: Shape;
  /** Whether any key differs from the client's: otherwise the answer needs no walk. */
  readonly isChanged: boolean;
  /** Whether the asker may not have some of it. */
  readonly isDenied: boolean;
}

/**
 * Takes one operation and its fragments out of a valid document, renames every alias that is not the field's own name, and puts `__typename`
 * under a name of its own in the place of each field that the asker may not have. Type conditions, lists, @skip and @include around such a
 * place then say by themselves in which objects of the answer the null belongs.
 */
export function rewrite(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  schema: GraphQLSchema,
  policies: Rights,
  access: Access,
): Rewritten {
  return new Rewriter(document, schema, policies, access).run(operation);
}

class Rewriter {
  readonly #schema: GraphQLSchema;
  readonly #policies: Rights;
  readonly #access: Access;
  readonly #source = new Map<string, FragmentDefinitionNode>();
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  #isChanged = false;
  #isDenied = false;

  constructor(document: DocumentNode, schema: GraphQLSchema, policies: Rights, access: Access) {
    this.#schema = schema;
    this.#policies = policies;
    this.#access = access;
    for (const node of document.definitions) if (node.kind === Kind.FRAGMENT_DEFINITION) this.#source.set(node.name.value, node);
  }

  run(operation: OperationDefinitionNode): Rewritten {
    const root = this.#schema.getRootType(operation.operation);
    if (root == null) throw new Error(`The graph has no ${operation.operation}.`);
    const shape: Shape = new Map();
    const selectionSet = this.#set(operation.selectionSet, root, shape);
    const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [{ ...operation, selectionSet }, ...this.#fragments.values()] };
    return { document, shape, isChanged: this.#isChanged, isDenied: this.#isDenied };
  }

  #set({ selections }: SelectionSetNode, parent: GraphQLNamedType, shape: Shape): SelectionSetNode {
    return { kind: Kind.SELECTION_SET, selections: selections.map((node) => this.#selection(node, parent, shape)) };
  }

  #selection(node: SelectionNode, parent: GraphQLNamedType, shape: Shape): SelectionNode {
    if (node.kind === Kind.FIELD) return this.#field(node, parent, shape);
    if (node.kind === Kind.INLINE_FRAGMENT) {
      return { ...node, selectionSet: this.#set(node.selectionSet, this.#typeNamed(node.typeCondition?.name.value, parent), shape) };
    }
    const source = this.#source.get(node.name.value);
    if (source === undefined) throw new Error(`There is no fragment ${node.name.value}.`);
    // Walked once for each use: its fields belong to the shape of each place. The limits bound how much that is.
    const selectionSet = this.#set(source.selectionSet, this.#typeNamed(source.typeCondition.name.value, parent), shape);
    if (!this.#fragments.has(node.name.value)) this.#fragments.set(node.name.value, { ...source, selectionSet });
    return node;
  }

  #field(node: FieldNode, parent: GraphQLNamedType, shape: Shape): FieldNode {
    const name = node.name.value;
    const key = node.alias?.value ?? name;
    const denial = this.#policies.denial(parent.name, name, this.#access);
    if (denial !== null) return this.#placeholder(node, key, this.#typeOf(parent, name), denial, shape);
    const type = this.#typeOf(parent, name);
    const alias = aliasFor(key, name, type, shape);
    if (alias !== undefined) this.#isChanged = true;
    const { children } = entry(shape, alias ?? name, { key, type, denial: null });
    const { alias: _alias, selectionSet, ...rest } = node;
    return {
      ...rest,
      ...(alias === undefined ? {} : { alias: { kind: Kind.NAME, value: alias } }),
      ...(selectionSet === undefined || type === null
        ? {}
        : { selectionSet: this.#identified(selectionSet, getNamedType(type), children) }),
    };
  }

  /**
   * What is asked of an interface that has an id asks for the id too. A subgraph may answer with a stub of a type and no more; whoever asks only
   * for `__typename` would be told of something that its owner hides.
   */
  #identified(selectionSet: SelectionSetNode, type: GraphQLNamedType, children: Shape): SelectionSetNode {
    const set = this.#set(selectionSet, type, children);
    if (!isInterfaceType(type) || type.getFields()['id'] === undefined || children.has('id')) return set;
    this.#isChanged = true;
    const id: FieldNode = { kind: Kind.FIELD, alias: { kind: Kind.NAME, value: OWN_ID }, name: { kind: Kind.NAME, value: 'id' } };
    return { ...set, selections: [...set.selections, id] };
  }

  #placeholder({ directives }: FieldNode, key: string, type: GraphQLOutputType | null, denial: Denial, shape: Shape): FieldNode {
    this.#isChanged = true;
    this.#isDenied = true;
    const place = deniedPlace(key);
    entry(shape, place, { key, type, denial });
    return {
      kind: Kind.FIELD,
      alias: { kind: Kind.NAME, value: place },
      name: { kind: Kind.NAME, value: '__typename' },
      ...(directives === undefined ? {} : { directives }),
    };
  }

  #typeOf(parent: GraphQLNamedType, field: string): GraphQLOutputType | null {
    const meta = [SchemaMetaFieldDef, TypeMetaFieldDef, TypeNameMetaFieldDef].find(({ name }) => name === field);
    const own = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[field] : undefined;
    return (own ?? meta)?.type ?? null;
  }

  #typeNamed(name: string | undefined, parent: GraphQLNamedType): GraphQLNamedType {
    return name === undefined ? parent : (this.#schema.getType(name) ?? parent);
  }
}

/** The name under which a field is planned; undefined: its own. Members of a union may have fields of one key that cannot be merged (document-faults.ts). */
function aliasFor(key: string, name: string, type: GraphQLOutputType | null, shape: Shape): string | undefined {
  const own = key === name ? undefined : renamedAlias(key);
  if (canMerge(shape.get(own ?? name)?.type, type)) return own;
  for (let nth = 2; ; nth += 1) {
    const alias = anotherName(key, nth);
    if (canMerge(shape.get(alias)?.type, type)) return alias;
  }
}

/** Of a valid document. */
function canMerge(known: GraphQLOutputType | null | undefined, type: GraphQLOutputType | null): boolean {
  if (known == null || type === null) return true;
  const [one, other] = [isLeafType(getNamedType(known)), isLeafType(getNamedType(type))];
  return one || other ? String(known) === String(type) : true;
}

/** Two selections of one key share an entry: validation has seen to it that they can be merged. */
function entry(shape: Shape, planned: string, field: Omit<ShapeField, 'children'>): ShapeField {
  const known = shape.get(planned);
  if (known !== undefined) return known;
  const made: ShapeField = { ...field, children: new Map() };
  shape.set(planned, made);
  return made;
}
