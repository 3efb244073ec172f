import {
  type DocumentNode,
  execute,
  type ExecutionResult,
  type FieldNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import type { Json } from '../json.js';
import type { NormalOperation } from '../plan/operation.js';
import type { Introspect } from './complete.js';

/** Answers `__schema` and `__type` from the clients' schema. */
export function introspection(schema: GraphQLSchema, normal: NormalOperation, variables: Readonly<Record<string, unknown>>): Introspect {
  return ({ key, nodes }) => {
    const document = documentOf(nodes, normal);
    const result = execute({ schema, document, rootValue: {}, variableValues: variables }) as ExecutionResult; // its resolvers wait for nothing
    return (result.data?.[key] ?? null) as Json;
  };
}

function documentOf(nodes: readonly FieldNode[], { operation, fragments }: NormalOperation): DocumentNode {
  // That they are included was decided before.
  const selections = nodes.map((node): FieldNode => ({ ...node, directives: [] }));
  const alone: OperationDefinitionNode = { ...operation, variableDefinitions: [], selectionSet: { kind: Kind.SELECTION_SET, selections } };
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [alone, ...fragments.values()] };
  const used = new Set<string>();
  visit(document, { Variable: ({ name }) => void used.add(name.value) });
  const variableDefinitions = (operation.variableDefinitions ?? []).filter(({ variable }) => used.has(variable.name.value));
  return { kind: Kind.DOCUMENT, definitions: [{ ...alone, variableDefinitions }, ...fragments.values()] };
}
