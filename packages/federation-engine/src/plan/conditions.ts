import {
  type DirectiveNode,
  type DocumentNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import type { NormalOperation } from './operation.js';

/** Names of the variables that `@skip` and `@include` read, in a fixed order. */
export function conditionNames({ document }: NormalOperation): readonly string[] {
  const names = new Set<string>();
  for (const node of document.definitions) if ('selectionSet' in node) note(node.selectionSet);
  return [...names].toSorted();

  function note({ selections }: SelectionSetNode): void {
    for (const node of selections) {
      for (const { name, arguments: given = [] } of node.directives ?? []) {
        if (name.value !== 'skip' && name.value !== 'include') continue;
        for (const { value } of given) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
      }
      if (node.kind !== Kind.FRAGMENT_SPREAD && node.selectionSet !== undefined) note(node.selectionSet);
    }
  }
}

/** Their values in one request. @throws GraphQLError for one that is missing or no Boolean */
export function conditionValues(
  names: readonly string[],
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): Readonly<Record<string, boolean>> {
  const values: Record<string, boolean> = {};
  for (const name of names) {
    const given = Object.hasOwn(variables, name) ? variables[name] : undefined;
    const value = given === undefined ? defaultOf(name, operation) : given;
    if (typeof value !== 'boolean') throw new GraphQLError(`Variable "$${name}" must be a Boolean.`);
    values[name] = value;
  }
  return values;
}

/** Whether a selection with these directives is part of the operation. */
export function isIncluded(directives: readonly DirectiveNode[] | undefined, conditions: Readonly<Record<string, boolean>>): boolean {
  return (directives ?? []).every((directive) => {
    const name = directive.name.value;
    if (name !== 'skip' && name !== 'include') return true;
    const value = directive.arguments?.find((node) => node.name.value === 'if')?.value;
    const isSet = value?.kind === Kind.VARIABLE ? conditions[value.name.value] === true : value?.kind === Kind.BOOLEAN && value.value;
    return isSet === (name === 'include');
  });
}

const NOTHING_ELSE: SelectionNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };
const isOther = ({ name }: DirectiveNode): boolean => name.value !== 'skip' && name.value !== 'include';

/** The operation as it is for these values, without conditions. */
export function specialised(document: DocumentNode, conditions: Readonly<Record<string, boolean>>): DocumentNode {
  return visit(document, {
    SelectionSet(node) {
      const left = node.selections.filter(({ directives }) => isIncluded(directives, conditions));
      const selections = left.map((selection): SelectionNode => ({
        ...selection,
        directives: (selection.directives ?? []).filter(isOther),
      }));
      return { ...node, selections: selections.length === 0 ? [NOTHING_ELSE] : selections };
    },
  });
}

function defaultOf(name: string, operation: OperationDefinitionNode): boolean | undefined {
  const value = operation.variableDefinitions?.find(({ variable }) => variable.name.value === name)?.defaultValue;
  return value?.kind === Kind.BOOLEAN ? value.value : undefined;
}
