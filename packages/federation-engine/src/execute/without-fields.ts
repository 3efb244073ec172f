import {
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  stripIgnoredCharacters,
  visit,
} from 'graphql';
import { isObject, type Json } from '../json.js';
import type { SubgraphError } from '../subgraphs.js';
import type { FetchText } from './fetch.js';

/** Entities that did not come because the same fields of theirs failed. */
export interface TakenAlong {
  /** Of the fields, as they were fetched. */
  readonly keys: ReadonlySet<string>;
  /** Of the entities. */
  readonly indices: readonly number[];
}

/**
 * What may not be null and is takes its entity along, with all that was fetched of it beside that field. Where a plan fetches a field for all
 * entities at a place, though only some were asked for it, that is more than is lost.
 */
export function takenAlong(errors: readonly SubgraphError[], entities: readonly Json[]): readonly TakenAlong[] {
  const failed = new Map<number, Set<string>>();
  for (const { path } of errors) {
    const [root, index, key] = path ?? [];
    if (root !== '_entities' || typeof index !== 'number' || typeof key !== 'string' || isObject(entities[index])) continue;
    failed.set(index, (failed.get(index) ?? new Set()).add(key));
  }
  const alike = new Map<string, { readonly keys: ReadonlySet<string>; readonly indices: number[] }>();
  for (const [index, keys] of failed) {
    const name = [...keys].toSorted().join(' ');
    const known = alike.get(name);
    if (known === undefined) alike.set(name, { keys, indices: [index] });
    else known.indices.push(index);
  }
  return [...alike.values()];
}

/** A field that a fetch asks of entities themselves. */
export interface EntityField {
  /** It comes under this. */
  readonly key: string;
  readonly name: string;
  /** Of whose objects. */
  readonly type: string;
}

interface Read {
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
}

/** Undefined for a text without an operation. */
function read({ query }: FetchText): Read | undefined {
  const { definitions } = parse(query, { noLocation: true });
  const operation = definitions.find((node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION);
  if (operation === undefined) return undefined;
  const fragments = definitions.filter((node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION);
  return { operation, fragments: new Map(fragments.map((node) => [node.name.value, node])) };
}

/** What a fetch asks of entities themselves. */
export function entityFields(text: FetchText): readonly EntityField[] {
  const { operation, fragments } = read(text) ?? {};
  const found: EntityField[] = [];
  for (const root of operation?.selectionSet.selections ?? []) if (root.kind === Kind.FIELD) look(root.selectionSet, '');
  return found;

  function look(set: SelectionSetNode | undefined, type: string): void {
    for (const node of set?.selections ?? []) {
      if (node.kind === Kind.FIELD) found.push({ key: (node.alias ?? node.name).value, name: node.name.value, type });
      else {
        const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : fragments?.get(node.name.value);
        look(fragment?.selectionSet, fragment?.typeCondition?.name.value ?? type);
      }
    }
  }
}

/** The same fetch of entities without some of their fields; undefined where nothing would be left to ask for. */
export function withoutFields(text: FetchText, keys: ReadonlySet<string>): FetchText | undefined {
  const known = read(text);
  if (known === undefined) return undefined;
  const { operation, fragments } = known;
  let isEmpty = true;
  const roots = operation.selectionSet.selections.map((root): SelectionNode => {
    if (root.kind !== Kind.FIELD || root.selectionSet === undefined) return root;
    const selectionSet = left(root.selectionSet);
    return { ...root, selectionSet };
  });
  if (isEmpty) return undefined;
  const used = new Set<string>();
  const named = new Set<string>();
  note({ ...operation, selectionSet: { kind: Kind.SELECTION_SET, selections: roots } });
  const variableDefinitions = (operation.variableDefinitions ?? []).filter(({ variable }) => used.has(variable.name.value));
  const rest: OperationDefinitionNode = {
    ...operation,
    variableDefinitions,
    selectionSet: { kind: Kind.SELECTION_SET, selections: roots },
  };
  const document = {
    kind: Kind.DOCUMENT,
    definitions: [rest, ...[...fragments.values()].filter(({ name }) => named.has(name.value))],
  } as const;
  return {
    ...text,
    query: stripIgnoredCharacters(print(document)),
    variableNames: text.variableNames.filter((name) => used.has(name)),
  };

  /** A fragment that stands at the entity itself is written out: it may stand elsewhere as well. */
  function left({ selections }: SelectionSetNode): SelectionSetNode {
    const kept = selections.flatMap((node): readonly SelectionNode[] => {
      if (node.kind === Kind.FIELD) {
        if (keys.has((node.alias ?? node.name).value)) return [];
        if (node.name.value !== '__typename') isEmpty = false;
        return [node];
      }
      const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : fragments.get(node.name.value);
      if (fragment === undefined) return [];
      const inner = left(fragment.selectionSet);
      if (inner.selections.length === 0) return [];
      const { typeCondition } = fragment;
      const { directives = [] } = node;
      return [{ kind: Kind.INLINE_FRAGMENT, ...(typeCondition === undefined ? {} : { typeCondition }), directives, selectionSet: inner }];
    });
    return { kind: Kind.SELECTION_SET, selections: kept };
  }

  /** What is used from here on, that of fragments among it. */
  function note(node: OperationDefinitionNode | FragmentDefinitionNode): void {
    visit(node, {
      // That it is defined is no use.
      VariableDefinition: () => false,
      Variable({ name }) {
        used.add(name.value);
      },
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value);
        if (fragment === undefined || named.has(name.value)) return;
        named.add(name.value);
        note(fragment);
      },
    });
  }
}
