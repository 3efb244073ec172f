import {
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parseType,
  type ValueNode,
  valueFromASTUntyped,
  type VariableDefinitionNode,
  visit,
} from 'graphql';

/** The argument of a live field that says what its subscriber has seen already. */
const AFTER = 'after';

type Variables = Readonly<Record<string, unknown>>;

/** How a subscription is begun, and begun again from another cursor. */
export interface LiveOperation {
  /** As it is planned: the cursor is a variable of its own, whatever the client made it of. */
  readonly document: DocumentNode;
  /** Whether it goes on after a cursor; otherwise each beginning tells how things stand. */
  readonly isLog: boolean;
  /** The cursor that the client gave; undefined for none. */
  cursor(variables: Variables): unknown;
  /** The variables of {@link document}, for another cursor. */
  variables(given: Variables, cursor: unknown): Variables;
  /** Equal for subscriptions that differ at most in their cursor. */
  sameness(given: Variables): string;
}

/** Why a subscription cannot be served; null when it can. Validation has seen to it that there is one field at most. */
export function subscriptionFlaw({ selectionSet }: OperationDefinitionNode): string | null {
  const [field, ...others] = selectionSet.selections;
  const isPlain = field?.kind === Kind.FIELD && others.length === 0 && (field.directives ?? []).length === 0;
  return isPlain ? null : 'A subscription asks for one field, without a fragment or a condition around it.';
}

/** Prepares a rewritten subscription without {@link subscriptionFlaw}. */
export function liveOperation(document: DocumentNode, schema: GraphQLSchema): LiveOperation {
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  const field = operation?.selectionSet.selections[0];
  if (operation === undefined || field?.kind !== Kind.FIELD) throw new Error('This is no subscription.');
  const live = schema.getSubscriptionType()?.getFields() ?? {};
  const argument = live[field.name.value]?.args.find(({ name }) => name === AFTER);
  if (argument === undefined) return withoutCursor(document, namesIn(operation.variableDefinitions));

  const given = field.arguments?.find(({ name }) => name.value === AFTER)?.value;
  const elsewhere = usedVariables({
    ...document,
    definitions: document.definitions.map((node) => (node === operation ? bare(operation) : node)),
  });
  const kept = (operation.variableDefinitions ?? []).filter(({ variable }) => elsewhere.has(variable.name.value));
  const names = namesIn(kept);
  const resume = freeName(names);
  const variable = { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: resume } } as const;
  const definition: VariableDefinitionNode = { kind: Kind.VARIABLE_DEFINITION, variable, type: parseType(argument.type.toString()) };
  const resumed: OperationDefinitionNode = {
    ...operation,
    variableDefinitions: [...kept, definition],
    selectionSet: { ...operation.selectionSet, selections: [withAfter(field, variable)] },
  };
  return {
    document: { ...document, definitions: document.definitions.map((node) => (node === operation ? resumed : node)) },
    isLog: true,
    cursor: (variables) => (given === undefined ? undefined : valueOf(given, operation, variables)),
    variables: (variables, cursor) => ({ ...pick(variables, names), ...(cursor === undefined ? {} : { [resume]: cursor }) }),
    sameness: (variables) => JSON.stringify(pick(variables, names)),
  };
}

function withoutCursor(document: DocumentNode, names: readonly string[]): LiveOperation {
  return {
    document,
    isLog: false,
    cursor: () => undefined,
    variables: (variables) => variables,
    sameness: (variables) => JSON.stringify(pick(variables, names)),
  };
}

const bare = (operation: OperationDefinitionNode): OperationDefinitionNode => ({
  ...operation,
  variableDefinitions: [],
  selectionSet: {
    ...operation.selectionSet,
    selections: operation.selectionSet.selections.map((node) => (node.kind === Kind.FIELD ? withAfter(node, null) : node)),
  },
});

const withAfter = (field: FieldNode, value: ValueNode | null): FieldNode => ({
  ...field,
  arguments: [
    ...(field.arguments ?? []).filter(({ name }) => name.value !== AFTER),
    ...(value === null ? [] : [{ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: AFTER }, value } as const]),
  ],
});

function usedVariables(document: DocumentNode): ReadonlySet<string> {
  const used = new Set<string>();
  visit(document, { Variable: ({ name }) => void used.add(name.value) });
  return used;
}

/** As graphql-js would read it: a variable that was not given has its default. */
function valueOf(given: ValueNode, operation: OperationDefinitionNode, variables: Variables): unknown {
  if (given.kind !== Kind.VARIABLE) return valueFromASTUntyped(given);
  const name = given.name.value;
  if (Object.hasOwn(variables, name)) return variables[name];
  const fallback = operation.variableDefinitions?.find(({ variable }) => variable.name.value === name)?.defaultValue;
  return fallback === undefined ? undefined : valueFromASTUntyped(fallback);
}

const namesIn = (definitions: readonly VariableDefinitionNode[] = []): readonly string[] =>
  definitions.map(({ variable }) => variable.name.value);

function freeName(taken: readonly string[]): string {
  let name = AFTER;
  while (taken.includes(name)) name = `${name}_`;
  return name;
}

const pick = (variables: Variables, names: readonly string[]): Variables =>
  Object.fromEntries(names.filter((name) => Object.hasOwn(variables, name)).map((name) => [name, variables[name]]));
