import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  valueFromASTUntyped,
  visit,
} from 'graphql';
import { appliedDirectives } from '../applied-directives.js';

/** A list whose size the schema does not tell. */
const ASSUMED_LIST_SIZE = 10;
/** What a mutation weighs before its answer. */
const MUTATION_WEIGHT = 10;

/** That are kept of one operation: clients choose the numbers. */
const MAX_COSTS = 100;

interface ListSize {
  readonly assumedSize: number | null;
  readonly slicingArguments: readonly string[];
  readonly sizedFields: readonly string[];
}

/**
 * The static cost of operations, after the cost directives' specification: an object weighs 1, a leaf 0, a mutation 10, unless @cost says
 * otherwise; what stands in a list counts as often as @listSize lets it occur. An upper bound: every fragment is taken to apply.
 */
export class CostTable {
  readonly #schema: GraphQLSchema;
  /** By coordinate, `Type.field` or `Type`. */
  readonly #weights = new Map<string, number>();
  readonly #lists = new Map<string, ListSize>();
  /** What operations cost, by the numbers that they may ask for. */
  readonly #known = new WeakMap<OperationDefinitionNode, { readonly names: readonly string[]; readonly costs: Map<string, number> }>();

  /** `supergraph` has the directives, `schema` what clients may select. */
  constructor(supergraph: DocumentNode, schema: GraphQLSchema) {
    this.#schema = schema;
    for (const [coordinate, directives] of appliedDirectives(supergraph)) {
      for (const { name, values } of directives) {
        if (name === 'cost') this.#weights.set(coordinate, Number(values['weight']));
        if (name === 'listSize') this.#lists.set(coordinate, listSize(values));
      }
    }
  }

  /** `document` is valid and within its limits, so that unfolding its fragments is bounded; `variables` have their defaults. */
  of(operation: OperationDefinitionNode, document: DocumentNode, variables: Readonly<Record<string, unknown>>): number {
    let known = this.#known.get(operation);
    if (known === undefined) this.#known.set(operation, (known = { names: argumentVariables(document), costs: new Map() }));
    const sizes = known.names.map((name) => sizeText(variables[name])).join(' ');
    const before = known.costs.get(sizes);
    if (before !== undefined) return before;
    const cost = this.#of(operation, document, variables);
    if (known.costs.size < MAX_COSTS) known.costs.set(sizes, cost);
    return cost;
  }

  #of(operation: OperationDefinitionNode, document: DocumentNode, variables: Readonly<Record<string, unknown>>): number {
    const root = this.#schema.getRootType(operation.operation);
    if (root == null) return 0;
    const fragments = new Map<string, FragmentDefinitionNode>();
    for (const node of document.definitions) if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
    const base = operation.operation === 'mutation' ? MUTATION_WEIGHT * operation.selectionSet.selections.length : 0;
    return base + this.#set(operation.selectionSet, root, null, fragments, variables);
  }

  #set(
    { selections }: SelectionSetNode,
    parent: GraphQLNamedType,
    sized: { readonly fields: readonly string[]; readonly size: number } | null,
    fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    variables: Readonly<Record<string, unknown>>,
  ): number {
    let cost = 0;
    for (const node of selections) {
      if (node.kind === Kind.FIELD) {
        const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
        if (field !== undefined) cost += this.#field(node, field, parent, sized, fragments, variables);
        continue;
      }
      const fragment = node.kind === Kind.FRAGMENT_SPREAD ? fragments.get(node.name.value) : node;
      if (fragment === undefined) continue;
      const type = fragment.typeCondition === undefined ? parent : (this.#schema.getType(fragment.typeCondition.name.value) ?? parent);
      cost += this.#set(fragment.selectionSet, type, sized, fragments, variables);
    }
    return cost;
  }

  #field(
    node: FieldNode,
    field: GraphQLField<unknown, unknown>,
    parent: GraphQLNamedType,
    sized: { readonly fields: readonly string[]; readonly size: number } | null,
    fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    variables: Readonly<Record<string, unknown>>,
  ): number {
    const coordinate = `${parent.name}.${field.name}`;
    const type = getNamedType(field.type);
    const list = this.#lists.get(coordinate);
    const asked = list === undefined ? null : sizeOf(list, node, field, variables);
    const weight = this.#weights.get(coordinate) ?? this.#weights.get(type.name) ?? (isCompositeType(type) ? 1 : 0);
    const within =
      node.selectionSet === undefined
        ? 0
        : this.#set(
            node.selectionSet,
            type,
            list === undefined || asked === null ? null : { fields: list.sizedFields, size: asked },
            fragments,
            variables,
          );
    return this.#times(field, sized, list, asked) * (weight + within);
  }

  #times(
    field: GraphQLField<unknown, unknown>,
    sized: { readonly fields: readonly string[]; readonly size: number } | null,
    list: ListSize | undefined,
    asked: number | null,
  ): number {
    if (sized !== null && sized.fields.includes(field.name)) return sized.size;
    if (!isListType(getNullableType(field.type))) return 1;
    return list !== undefined && list.sizedFields.length === 0 && asked !== null ? asked : ASSUMED_LIST_SIZE;
  }
}

/** Numbers are told apart, and what is not given from what is no number. */
const sizeText = (value: unknown): string => (typeof value === 'number' ? String(value) : value == null ? '' : '-');

/** The variables that are arguments as they are: no other can be the size of a list. */
function argumentVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Argument({ value }) {
      if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

function listSize(values: Readonly<Record<string, unknown>>): ListSize {
  const { assumedSize, slicingArguments, sizedFields } = values;
  return {
    assumedSize: typeof assumedSize === 'number' ? assumedSize : null,
    slicingArguments: names(slicingArguments),
    sizedFields: names(sizedFields),
  };
}

const names = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((name) => typeof name === 'string') : []);

function sizeOf(
  list: ListSize,
  node: FieldNode,
  field: GraphQLField<unknown, unknown>,
  variables: Readonly<Record<string, unknown>>,
): number {
  const asked = list.slicingArguments.flatMap((name) => {
    const given = node.arguments?.find((argument) => argument.name.value === name)?.value;
    const value = given === undefined ? undefined : valueFromASTUntyped(given, { ...variables });
    const size = value ?? field.args.find((argument) => argument.name === name)?.defaultValue;
    return typeof size === 'number' ? [Math.max(0, size)] : [];
  });
  return asked.length > 0 ? Math.max(...asked) : (list.assumedSize ?? ASSUMED_LIST_SIZE);
}
