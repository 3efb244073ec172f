import {
  getNamedType,
  type GraphQLInputType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';

/** An operation of the whole graph: valid, of any size up to and beyond the limits, through every subgraph and all abstract types. */
export function generated(schema: GraphQLSchema, next: () => number): string {
  let budget = 10 + Math.floor(next() ** 2 * 600);
  const aliased = next() * 0.2;

  function selection(typeName: string, depth: number): string {
    const type = schema.getType(typeName);
    if (type === undefined || !isCompositeType(type)) return '';
    if (isAbstractType(type)) {
      const members = schema.getPossibleTypes(type).filter(() => next() < 0.5);
      return `{ __typename ${members.map(({ name }) => `... on ${name} ${selection(name, depth + 1)}`).join(' ')} }`;
    }
    const picked: string[] = ['__typename'];
    const fields = Object.values(type.getFields());
    for (let n = 0; n < 1 + Math.floor(next() * 8); n += 1) {
      const field = fields[Math.floor(next() * fields.length)];
      if (field === undefined || (budget -= 1) < 0) break;
      const inner = getNamedType(field.type);
      if (isCompositeType(inner) && depth > 12) continue;
      const given = field.args.map(({ name, type: wanted }) => `${name}: ${literal(wanted, next)}`);
      // Under a name of its own, or two with other arguments would meet.
      const alias = given.length > 0 || next() < aliased ? `a${budget}: ` : '';
      picked.push(
        `${alias}${field.name}${given.length === 0 ? '' : `(${given.join(', ')})`} ${isCompositeType(inner) ? selection(inner.name, depth + 1) : ''}`,
      );
    }
    return `{ ${picked.join(' ')} }`;
  }

  return `query ${selection(schema.getQueryType()?.name ?? 'Query', 1)}`;
}

function literal(type: GraphQLInputType, next: () => number): string {
  if (isNonNullType(type)) return literal(type.ofType, next);
  if (isListType(type)) return `[${literal(type.ofType, next)}]`;
  if (isEnumType(type)) return type.getValues()[Math.floor(next() * type.getValues().length)]?.name ?? 'null';
  if (isInputObjectType(type)) return `{ ${Object.values(type.getFields()).filter((field) => isNonNullType(field.type)).map((field) => `${field.name}: ${literal(field.type, next)}`).join(', ')} }`; // prettier-ignore
  if (type.name === 'Int') return String(Math.floor(next() * 5));
  if (type.name === 'Boolean') return next() < 0.5 ? 'true' : 'false';
  if (type.name === 'Float') return '1.5';
  return type.name === 'ID' ? '"post_01h455vb4pex5vsknk084sn02q"' : '"x"';
}

const fragments = (n: number, first: string, body: (i: number) => string): string =>
  [`fragment F0 on User { ${first} }`, ...Array.from({ length: n }, (_, i) => `fragment F${i + 1} on User { ${body(i)} }`)].join(' ');
const through = (list: string, within: string): string => `${list} { edges { node { ${within} } } }`;
const LEAVES = 'handle followerCount presence { __typename }';

/** Small valid texts that stall planners or fill their heap; each doubles its work with n. `salt` makes each another one. */
const PLANNER_BOMBS: readonly ((n: number, salt: string) => string)[] = [
  (n, salt) =>
    `{ ${salt}: user(handle: "x") { ...F${n} } } ${fragments(n, LEAVES, (i) => `a: ${through('followers(first: 1)', `...F${i}`)} b: ${through('following(first: 1)', `...F${i}`)}`)}`,
  (n, salt) =>
    `query (${conditions(4)}) { ${salt}: user(handle: "x") { ...F${n} } } ${fragments(n, LEAVES, (i) => `...F${i} @include(if: $v${i % 4}) ...F${i} @skip(if: $v${i % 4})`)}`,
  (n, salt) =>
    `query (${conditions(4)}) { ${salt}: user(handle: "x") { ...F${n} } } ${fragments(n, LEAVES, (i) => `... @include(if: $v${i % 4}) { ${through('followers(first: 1)', `...F${i}`)} } ... @skip(if: $v${i % 4}) { ${through('following(first: 1)', `...F${i}`)} }`)}`,
  (n, salt) => `{ ${salt}: user(handle: "x") { ...F${n} } } ${fragments(n, LEAVES, (i) => `...F${i} ...F${i}`)}`,
  (n, salt) =>
    `{ ${Array.from({ length: n * 2 }, (_, i) => `${salt}${i}: node(id: "x") { ... on Node { ... on Post { author { followerCount presence { __typename } } likeCount products { id shop { owner { handle } } } } ... on User { ${LEAVES} posts(first: 1) { edges { node { likeCount author { ${LEAVES} } } } } } ... on Comment { author { ${LEAVES} } } ... on Product { shop { name } } } }`).join(' ')} }`,
  (n, salt) =>
    `{ ${salt}: search(query: "x", first: 1) { edges { node { ${Array.from({ length: n }, (_, i) => `... on Post { s${i}: author { ${LEAVES} } } ... on User { t${i}: posts(first: 1) { edges { node { likeCount commentCount author { ${LEAVES} } } } } }`).join(' ')} } } } }`,
];
const conditions = (n: number): string => Array.from({ length: n }, (_, i) => `$v${i}: Boolean = true`).join(' ');

/** One of them. */
export function plannerBomb(next: () => number, salt: string): string {
  const make = PLANNER_BOMBS[Math.floor(next() * PLANNER_BOMBS.length)];
  return make?.(2 + Math.floor(next() * 7), salt) ?? '';
}
