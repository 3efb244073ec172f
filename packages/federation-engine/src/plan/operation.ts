import {
  type DocumentNode,
  type ExecutableDefinitionNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getOperationAST,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionNode,
  type SelectionSetNode,
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
  const definitions = [operation, ...fragments.values()];
  const keys = fetchKeys(definitions, prefix, reserved);
  // Known of every object, `__typename` needs no second place.
  const fetchKey = (field: FieldNode): string => keys.get(field) ?? field.name.value;
  const planned = definitions.map((node) => ({ ...node, selectionSet: renamed(node.selectionSet, fetchKey) }));
  return { operation, fragments, document: { kind: Kind.DOCUMENT, definitions: planned }, fetchKey };
}

/**
 * With the keys that are fetched. By hand, as all that is done here for each operation that is planned: `visit` of graphql-js takes a multiple of the
 * time, and strangers send what is as large as it may be.
 */
function renamed(set: SelectionSetNode, fetchKey: NormalOperation['fetchKey']): SelectionSetNode {
  return { ...set, selections: set.selections.map((node) => renamedSelection(node, fetchKey)) };
}

function renamedSelection(node: SelectionNode, fetchKey: NormalOperation['fetchKey']): SelectionNode {
  if (node.kind === Kind.FRAGMENT_SPREAD) return node;
  if (node.kind === Kind.INLINE_FRAGMENT) return { ...node, selectionSet: renamed(node.selectionSet, fetchKey) };
  const { alias, selectionSet, ...rest } = node;
  const key = isIntrospection(node) ? responseKey(node) : fetchKey(node);
  return {
    ...rest,
    ...(key === node.name.value ? {} : { alias: alias?.value === key ? alias : { kind: Kind.NAME, value: key } }),
    ...(selectionSet === undefined ? {} : { selectionSet: renamed(selectionSet, fetchKey) }),
  };
}

/** The keys of all selections that have another than their field's name. */
function fetchKeys(
  definitions: readonly ExecutableDefinitionNode[],
  prefix: string,
  reserved: ReadonlySet<string>,
): ReadonlyMap<FieldNode, string> {
  const byResponse = new Map<string, Map<string, [FieldNode, ...FieldNode[]]>>();
  for (const { selectionSet } of definitions) {
    eachField(selectionSet, (node) => {
      if (node.name.value.startsWith('__')) return;
      const response = responseKey(node);
      let known = byResponse.get(response);
      if (known === undefined) byResponse.set(response, (known = new Map()));
      const selection = signature(node);
      const nodes = known.get(selection);
      if (nodes === undefined) known.set(selection, [node]);
      else nodes.push(node);
    });
  }
  const keys = new Map<FieldNode, string>();
  for (const [response, selections] of byResponse) {
    let others = 0;
    for (const nodes of selections.values()) {
      const [{ name, arguments: given = [] }] = nodes;
      const isPlain = response === name.value && !reserved.has(response) && (given.length === 0 || selections.size === 1);
      if (isPlain) continue;
      // No key of a client has a digit first.
      const key = `${prefix}${others === 0 ? '' : `${others}_`}${response}`;
      for (const node of nodes) keys.set(node, key);
      others += 1;
    }
  }
  return keys;
}

function eachField({ selections }: SelectionSetNode, tell: (field: FieldNode) => void): void {
  for (const node of selections) {
    if (node.kind === Kind.FRAGMENT_SPREAD) continue;
    if (node.kind === Kind.FIELD) tell(node);
    if (node.selectionSet !== undefined) eachField(node.selectionSet, tell);
  }
}

const responseKey = ({ alias, name }: FieldNode): string => alias?.value ?? name.value;

/** Of selections under one response key. */
const signature = ({ name, arguments: given = [] }: FieldNode): string =>
  given.length === 0
    ? name.value
    : `${name.value} ${given
        .map((node) => print(node))
        .toSorted()
        .join(',')}`;

/** Answered without a plan. */
export const isIntrospection = ({ name }: FieldNode): boolean => name.value === '__schema' || name.value === '__type';

function fragmentsOf(document: DocumentNode, operation: OperationDefinitionNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const all = new Map(
    document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [])),
  );
  const used = new Map<string, FragmentDefinitionNode>();
  const open: SelectionSetNode[] = [operation.selectionSet];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const node of next.selections) {
      if (node.kind !== Kind.FRAGMENT_SPREAD) {
        if (node.selectionSet !== undefined) open.push(node.selectionSet);
        continue;
      }
      const fragment = all.get(node.name.value);
      if (fragment === undefined || used.has(node.name.value)) continue;
      used.set(node.name.value, fragment);
      open.push(fragment.selectionSet);
    }
  }
  return used;
}
