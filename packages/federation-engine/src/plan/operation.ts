import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getOperationAST,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  print,
  visit,
} from 'graphql';

/** One operation of a document, with the keys that its fields are fetched under. */
export interface NormalOperation {
  /** As the client wrote it. */
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** As it is planned: this operation alone. */
  readonly document: DocumentNode;
  /** Under which key of the fetched data a field of `operation` or `fragments` stands. */
  readonly fetchKey: (field: FieldNode) => string;
}

/** Keys that the engine makes begin so, with as many underscores as it takes to be unlike every field of the graph. */
export function keyPrefix(fieldNames: Iterable<string>): string {
  let prefix = 'A_';
  for (const name of fieldNames) while (name.startsWith(prefix)) prefix += '_';
  return prefix;
}

/**
 * Clients choose their own keys: `id: legacyId` must not be taken for the id that entities are found by, nor `price(currency: "EUR")` for
 * the `price(currency: "USD")` that another field requires. So what has an alias or arguments is fetched under a key that no field of the
 * graph and no key of the planner is equal to. What a plan needs for itself stands under the fields' own names.
 * @throws GraphQLError when the document has no such operation
 */
export function normalOperation(
  document: DocumentNode,
  operationName: string | undefined,
  prefix: string,
  reserved: ReadonlySet<string>,
): NormalOperation {
  const operation = getOperationAST(document, operationName);
  if (operation == null)
    throw new GraphQLError(`The document has no operation ${operationName === undefined ? 'to run' : `"${operationName}"`}.`);
  const fragments = fragmentsOf(document, operation);
  const keys = new Map<string, string>();
  const taken = new Map<string, number>();

  function fetchKey(field: FieldNode): string {
    const name = field.name.value;
    // Known of every object; it needs no second place.
    if (name.startsWith('__')) return name;
    const isPlain = field.alias === undefined || field.alias.value === name;
    const hasArguments = (field.arguments?.length ?? 0) > 0;
    if (isPlain && !hasArguments && !reserved.has(name)) return name;
    const response = field.alias?.value ?? name;
    const signature = `${response} ${name} ${(field.arguments ?? [])
      .map((node) => print(node))
      .toSorted()
      .join(',')}`;
    const known = keys.get(signature);
    if (known !== undefined) return known;
    const before = taken.get(response) ?? 0;
    taken.set(response, before + 1);
    const key = `${prefix}${before === 0 ? '' : `${before}_`}${response}`; // a response key has no digit first
    keys.set(signature, key);
    return key;
  }

  const planned = visit({ kind: Kind.DOCUMENT, definitions: [operation, ...fragments.values()] } satisfies DocumentNode, {
    Field: {
      // On the way in: the node is still the client's.
      enter(node) {
        if (isIntrospection(node)) return undefined;
        const key = fetchKey(node);
        if (key === node.name.value) return node.alias === undefined ? undefined : withoutAlias(node);
        return { ...node, alias: { kind: Kind.NAME, value: key } };
      },
    },
  });
  return { operation, fragments, document: planned, fetchKey };
}

/** Answered without a plan. */
export const isIntrospection = ({ name }: FieldNode): boolean => name.value === '__schema' || name.value === '__type';

const withoutAlias = ({ kind, name, arguments: given = [], directives = [], selectionSet }: FieldNode): FieldNode => ({
  kind,
  name,
  arguments: given,
  directives,
  ...(selectionSet === undefined ? {} : { selectionSet }),
});

function fragmentsOf(document: DocumentNode, operation: OperationDefinitionNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const all = new Map(
    document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [])),
  );
  const used = new Map<string, FragmentDefinitionNode>();
  const open: (OperationDefinitionNode | FragmentDefinitionNode)[] = [operation];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    visit(next, {
      FragmentSpread({ name }) {
        const fragment = all.get(name.value);
        if (fragment === undefined || used.has(name.value)) return;
        used.set(name.value, fragment);
        open.push(fragment);
      },
    });
  }
  return used;
}
