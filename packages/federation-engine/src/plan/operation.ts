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
 * the `price(currency: "USD")` that another field requires. So what has an alias, or other arguments than another selection of the same key, is
 * fetched under a key that no field of the graph and no key of the planner is equal to. What a plan needs for itself stands under the fields' own names.
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
  const selected = { kind: Kind.DOCUMENT, definitions: [operation, ...fragments.values()] } satisfies DocumentNode;
  const keys = fetchKeys(selected, prefix, reserved);
  // Known of every object, `__typename` needs no second place.
  const fetchKey = (field: FieldNode): string => keys.get(signature(field)) ?? field.name.value;

  const planned = visit(selected, {
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

/** The keys of all selections, by what is selected under which key of the client. */
function fetchKeys(selected: DocumentNode, prefix: string, reserved: ReadonlySet<string>): ReadonlyMap<string, string> {
  const byResponse = new Map<string, Map<string, FieldNode>>();
  visit(selected, {
    Field(node) {
      if (node.name.value.startsWith('__')) return;
      const response = responseKey(node);
      const known = byResponse.get(response) ?? new Map<string, FieldNode>();
      byResponse.set(response, known.set(signature(node), node));
    },
  });
  const keys = new Map<string, string>();
  for (const [response, selections] of byResponse) {
    let others = 0;
    for (const [selection, { name, arguments: given = [] }] of selections) {
      const isPlain = response === name.value && !reserved.has(response) && (given.length === 0 || selections.size === 1);
      // No key of a client has a digit first.
      keys.set(selection, isPlain ? response : `${prefix}${others === 0 ? '' : `${others}_`}${response}`);
      if (!isPlain) others += 1;
    }
  }
  return keys;
}

const responseKey = ({ alias, name }: FieldNode): string => alias?.value ?? name.value;

const signature = (field: FieldNode): string =>
  `${responseKey(field)} ${field.name.value} ${(field.arguments ?? [])
    .map((node) => print(node))
    .toSorted()
    .join(',')}`;

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
