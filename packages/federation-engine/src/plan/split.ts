import {
  type DocumentNode,
  type FieldNode,
  getNamedType,
  GraphQLError,
  type GraphQLSchema,
  type InlineFragmentNode,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { NormalOperation } from './operation.js';

/** What a field needs first: arguments by the path of the needed field. */
type Needs = ReadonlyMap<string, string>;
/** A selection without named fragments: each node stands at one place. */
type Inlined = FieldNode | InlineFragmentNode;

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/**
 * Two fields of one object may require the same field with different arguments (`price(currency: "USD")`, `price(currency: "EUR")`), which
 * one plan fetches under one key. Such an operation becomes several, each without a conflict; the first has everything else. Their answers
 * are laid together.
 * @throws GraphQLError for such a mutation or subscription: nothing is done twice
 */
export function withoutConflicts(
  { document, operation: { operation: kind } }: NormalOperation,
  schema: GraphQLSchema,
  requires: ReadonlyMap<string, readonly string[]>,
): readonly DocumentNode[] {
  const [operation] = document.definitions;
  const root = schema.getRootType(kind);
  if (requires.size === 0 || operation?.kind !== Kind.OPERATION_DEFINITION || root == null) return [document];
  const selections = inlined(operation.selectionSet, document);
  const parts = new Map<Inlined, number>();
  const count = new Colouring(schema, requires, parts).colour([{ type: root.name, selections }]);
  if (count === 1) return [document];
  if (kind !== 'query') {
    throw new GraphQLError('Fields of this operation require the same field with different arguments.', {
      extensions: { code: 'OPERATION_NOT_PLANNABLE' },
    });
  }
  return Array.from({ length: count }, (_, part) => documentOf(operation, only(selections, part, parts)));
}

/** Selections of one object, by the type that they are made on. */
interface Selected {
  readonly type: string;
  readonly selections: readonly Inlined[];
}

class Colouring {
  readonly #schema: GraphQLSchema;
  readonly #requires: ReadonlyMap<string, readonly string[]>;
  readonly #parts: Map<Inlined, number>;
  readonly #needs = new Map<string, Needs>();

  constructor(schema: GraphQLSchema, requires: ReadonlyMap<string, readonly string[]>, parts: Map<Inlined, number>) {
    this.#schema = schema;
    this.#requires = requires;
    this.#parts = parts;
  }

  /** Gives each field of the object, and below it, a part; answers how many parts there are. */
  colour(selected: readonly Selected[]): number {
    const fields = new Map<string, { readonly at: Selected[]; readonly nodes: FieldNode[]; readonly types: Set<string> }>();
    for (const { type, selections } of selected) {
      for (const [node, parent] of flat(selections, type)) {
        const key = node.alias?.value ?? node.name.value;
        const field = fields.get(key) ?? { at: [], nodes: [], types: new Set() };
        fields.set(key, field);
        field.nodes.push(node);
        field.types.add(parent);
        const below = this.#below(node, parent);
        if (below !== null) field.at.push(below);
      }
    }
    let count = 1;
    const taken: Map<string, string>[] = [];
    for (const { at, nodes, types } of fields.values()) {
      const part = this.#place(new Map([...types].flatMap((type) => [...this.#needsOf(type, nodes[0]?.name.value ?? '')])), taken);
      for (const node of nodes) this.#parts.set(node, part);
      count = Math.max(count, part + 1, at.length === 0 ? 1 : this.colour(at));
    }
    return count;
  }

  /** The first part in which nothing else is needed at the same path with other arguments. */
  #place(needs: Needs, taken: Map<string, string>[]): number {
    if (needs.size === 0) return 0;
    let part = taken.findIndex((known) => [...needs].every(([path, given]) => (known.get(path) ?? given) === given));
    if (part === -1) part = taken.push(new Map()) - 1;
    for (const [path, given] of needs) taken[part]?.set(path, given);
    return part;
  }

  #below(node: FieldNode, parent: string): Selected | null {
    const type = this.#typeBelow(node, parent);
    if (type === undefined || node.selectionSet === undefined) return null;
    return { type, selections: node.selectionSet.selections as readonly Inlined[] }; // inlined() made them
  }

  #typeBelow({ name }: FieldNode, parent: string): string | undefined {
    const type = this.#schema.getType(parent);
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name.value] : undefined;
    const named = field === undefined ? undefined : getNamedType(field.type);
    return isCompositeType(named) ? named.name : undefined;
  }

  /** What is required may require something in turn. */
  #readNeeds(fieldSet: string, on: string, needs: Map<string, string>): void {
    const add = ({ selections }: SelectionSetNode, parent: string, path: string): void => {
      for (const node of selections) {
        if (node.kind === Kind.FRAGMENT_SPREAD) continue;
        if (node.kind === Kind.INLINE_FRAGMENT) {
          add(node.selectionSet, node.typeCondition?.name.value ?? parent, path);
          continue;
        }
        const here = `${path}.${node.name.value}`;
        if ((node.arguments?.length ?? 0) > 0) needs.set(here, argumentsOf(node));
        for (const [below, given] of this.#needsOf(parent, node.name.value)) needs.set(`${path}${below}`, given);
        const type = this.#typeBelow(node, parent);
        if (type !== undefined && node.selectionSet !== undefined) add(node.selectionSet, type, here);
      }
    };
    const [operation] = parse(`{${fieldSet}}`, { noLocation: true }).definitions;
    if (operation?.kind === Kind.OPERATION_DEFINITION) add(operation.selectionSet, on, '');
  }

  #needsOf(typeName: string, field: string): Needs {
    const at = `${typeName}.${field}`;
    const known = this.#needs.get(at);
    if (known !== undefined) return known;
    const type = this.#schema.getType(typeName);
    const types = isAbstractType(type) ? [typeName, ...this.#schema.getPossibleTypes(type).map(({ name }) => name)] : [typeName];
    const needs = new Map<string, string>();
    this.#needs.set(at, needs); // a circle of needs ends here
    for (const name of types) for (const text of this.#requires.get(`${name}.${field}`) ?? []) this.#readNeeds(text, name, needs);
    return needs;
  }
}

const argumentsOf = ({ arguments: given = [] }: FieldNode): string =>
  given
    .map((one) => print(one))
    .toSorted()
    .join(',');

function inlined({ selections }: SelectionSetNode, document: DocumentNode): readonly Inlined[] {
  return selections.map((node): Inlined => {
    if (node.kind === Kind.FIELD)
      return node.selectionSet === undefined ? { ...node } : { ...node, selectionSet: setOf(inlined(node.selectionSet, document)) };
    const fragment =
      node.kind === Kind.INLINE_FRAGMENT
        ? node
        : document.definitions.find((one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === node.name.value);
    if (fragment?.kind !== Kind.INLINE_FRAGMENT && fragment?.kind !== Kind.FRAGMENT_DEFINITION) throw new Error('A fragment is missing.');
    return {
      kind: Kind.INLINE_FRAGMENT,
      ...(fragment.typeCondition === undefined ? {} : { typeCondition: fragment.typeCondition }),
      ...(node.directives === undefined ? {} : { directives: node.directives }),
      selectionSet: setOf(inlined(fragment.selectionSet, document)),
    };
  });
}

function flat(selections: readonly Inlined[], type: string): readonly (readonly [FieldNode, string])[] {
  return selections.flatMap(
    (node) =>
      node.kind === Kind.FIELD
        ? [[node, type] as const]
        : flat(node.selectionSet.selections as readonly Inlined[], node.typeCondition?.name.value ?? type), // inlined() made them
  );
}

/** The selections of one part. The first part keeps places that it has nothing for: they exist in any case. */
function only(selections: readonly Inlined[], part: number, parts: ReadonlyMap<Inlined, number>): readonly Inlined[] {
  return selections.flatMap((node): readonly Inlined[] => {
    const own = node.kind === Kind.FIELD ? (parts.get(node) ?? 0) : part;
    if (node.selectionSet === undefined) return own === part ? [node] : [];
    // What was set apart stays whole.
    if (part > 0 && node.kind === Kind.FIELD && own === part) return [node];
    const below = only(node.selectionSet.selections as readonly Inlined[], part, parts); // inlined() made them
    if (part === 0 && own !== 0) return [];
    if (below.length > 0) return [{ ...node, selectionSet: setOf(below) }];
    return part === 0 ? [{ ...node, selectionSet: setOf([TYPENAME]) }] : [];
  });
}

const setOf = (selections: readonly SelectionNode[]): SelectionSetNode => ({ kind: Kind.SELECTION_SET, selections });

const documentOf = (operation: OperationDefinitionNode, selections: readonly SelectionNode[]): DocumentNode => ({
  kind: Kind.DOCUMENT,
  definitions: [{ ...operation, selectionSet: setOf(selections) }],
});
