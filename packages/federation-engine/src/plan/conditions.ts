import { GraphQLError, Kind, type OperationDefinitionNode, visit } from 'graphql';
import type { NormalOperation } from './operation.js';

/** Names of the variables that `@skip` and `@include` read, in a fixed order. */
export function conditionNames({ document }: NormalOperation): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive({ name, arguments: given }) {
      if (name.value !== 'skip' && name.value !== 'include') return;
      for (const { value } of given ?? []) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names].toSorted();
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

function defaultOf(name: string, operation: OperationDefinitionNode): boolean | undefined {
  const value = operation.variableDefinitions?.find(({ variable }) => variable.name.value === name)?.defaultValue;
  return value?.kind === Kind.BOOLEAN ? value.value : undefined;
}
