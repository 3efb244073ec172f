import { Supergraph } from '@apollo/federation-internals';
import {
  type ArgumentNode,
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { isObject, type Json, own } from '../json.js';

/** A supergraph as the planner takes it. */
export type ReadSupergraph = Supergraph;

/** A supergraph, ready to be planned over. */
export interface LoadedSupergraph {
  readonly supergraph: ReadSupergraph;
  /** What clients may select. */
  readonly apiSchema: GraphQLSchema;
  /** With what is inaccessible to clients. */
  readonly wholeSchema: GraphQLSchema;
  /** Names of fields that plans may fetch for needs of their own with arguments of their own. */
  readonly fieldsRequiredWithArguments: ReadonlySet<string>;
  /** What a field needs first, as written, by `Type.field`. */
  readonly requires: ReadonlyMap<string, readonly string[]>;
  /** The keys that a subgraph finds a type's entities by, by `subgraph Type`. */
  readonly keys: ReadonlyMap<string, readonly SelectionSetNode[]>;
  /** Names of the fields in the keys of a type. */
  readonly keyNames: ReadonlyMap<string, readonly string[]>;
  /** Labels of progressive overrides. */
  readonly overrideLabels: readonly string[];
}

/** Reads a supergraph. Security directives are accepted: who may see what is decided before an operation is planned. @throws GraphQLError */
export function loadSupergraph(sdl: string): LoadedSupergraph {
  const document = parse(sdl, { noLocation: true });
  const supergraph = readSupergraph(document);
  return {
    supergraph,
    apiSchema: supergraph.apiSchema().toGraphQLJSSchema(),
    wholeSchema: supergraph.schema.toGraphQLJSSchema(),
    ...joins(document),
  };
}

/** Reads what the planner needs, and no more. Not validated: it was composed. @throws GraphQLError */
export function readSupergraph(document: DocumentNode): ReadSupergraph {
  return Supergraph.build(withoutMisleadingKeys(document), { supportedFeatures: null, validateSupergraph: false });
}

/**
 * The planner may enter a subgraph by a key that the subgraph does not resolve when the type has another one there that it does: without
 * these keys nothing is lost.
 */
function withoutMisleadingKeys(document: DocumentNode): DocumentNode {
  return visit(document, { ObjectTypeDefinition: withoutKeys, InterfaceTypeDefinition: withoutKeys });
}

function withoutKeys<T extends Pick<ObjectTypeDefinitionNode, 'directives'>>(node: T): T {
  const keys = (node.directives ?? []).filter(({ name }) => name.value === 'join__type');
  const resolvable = new Set(keys.filter((key) => hasKey(key) && isResolvable(key)).map((key) => text(key, 'graph')));
  const misleading = keys.filter((key) => hasKey(key) && !isResolvable(key) && resolvable.has(text(key, 'graph')));
  return misleading.length === 0 ? node : { ...node, directives: node.directives?.filter((directive) => !misleading.includes(directive)) };
}

const hasKey = (directive: ConstDirectiveNode): boolean => argument(directive, 'key') !== undefined;

function isResolvable(directive: ConstDirectiveNode): boolean {
  const value = argument(directive, 'resolvable')?.value;
  return value?.kind !== Kind.BOOLEAN || value.value;
}

function joins(
  document: DocumentNode,
): Pick<LoadedSupergraph, 'fieldsRequiredWithArguments' | 'requires' | 'keys' | 'keyNames' | 'overrideLabels'> {
  const withArguments = new Set<string>();
  const requires = new Map<string, string[]>();
  const keyNames = new Map<string, readonly string[]>();
  const resolvable = new Map<string, SelectionSetNode[]>();
  const names = subgraphNames(document);
  const labels = new Set<string>();
  for (const type of document.definitions) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    const keys = (type.directives ?? []).flatMap((directive) => text(directive, 'key') ?? []);
    for (const directive of type.directives ?? []) {
      const key = text(directive, 'key');
      if (key === undefined || !isResolvable(directive)) continue;
      const graph = text(directive, 'graph') ?? '';
      const at = `${names.get(graph) ?? graph} ${type.name.value}`;
      resolvable.set(at, [...(resolvable.get(at) ?? []), fieldSet(key)]);
    }
    keyNames.set(type.name.value, [...new Set(keys.join(' ').match(/[_A-Za-z]\w*/gu) ?? [])]);
    for (const field of type.fields ?? []) {
      for (const directive of field.directives ?? []) {
        if (directive.name.value !== 'join__field') continue;
        const needed = text(directive, 'requires');
        if (needed !== undefined) {
          for (const [, name] of needed.matchAll(/([_A-Za-z]\w*)\s*\(/gu)) if (name !== undefined) withArguments.add(name);
          const at = `${type.name.value}.${field.name.value}`;
          requires.set(at, [...(requires.get(at) ?? []), needed]);
        }
        const label = text(directive, 'overrideLabel');
        if (label !== undefined) labels.add(label);
      }
    }
  }
  return { fieldsRequiredWithArguments: withArguments, requires, keys: resolvable, keyNames, overrideLabels: [...labels] };
}

/** Names of the subgraphs by their names in the supergraph's own enum. */
function subgraphNames(document: DocumentNode): ReadonlyMap<string, string> {
  const graphs = document.definitions.find((node) => node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === 'join__Graph');
  if (graphs?.kind !== Kind.ENUM_TYPE_DEFINITION) return new Map();
  return new Map(
    (graphs.values ?? []).flatMap((value) =>
      (value.directives ?? []).map((directive) => [value.name.value, text(directive, 'name') ?? value.name.value] as const),
    ),
  );
}

/** `id place { x y }`, as keys and requirements are written. */
export function fieldSet(written: string): SelectionSetNode {
  const [operation] = parse(`{${written}}`, { noLocation: true }).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`"${written}" is no selection of fields.`);
  return operation.selectionSet;
}

/** Whether the value has every field of the selection. */
export function hasFields(value: Json, { selections }: SelectionSetNode): boolean {
  if (Array.isArray(value))
    return value.every((element) => isObject(element) && hasFields(element, { kind: Kind.SELECTION_SET, selections }));
  if (!isObject(value)) return false;
  return selections.every((node) => {
    if (node.kind !== Kind.FIELD) return true;
    const found = own(value, node.name.value);
    return found !== undefined && (node.selectionSet === undefined || found === null || hasFields(found, node.selectionSet));
  });
}

const argument = (directive: ConstDirectiveNode, name: string): ArgumentNode | undefined =>
  directive.arguments?.find((node) => node.name.value === name);

function text(directive: ConstDirectiveNode, name: string): string | undefined {
  const value = argument(directive, name)?.value;
  return value?.kind === Kind.STRING || value?.kind === Kind.ENUM ? value.value : undefined;
}
