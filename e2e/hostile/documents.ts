import type { Operation } from './transports.js';

/** An operation that means no good, and what it is told. */
export interface HostileDocument {
  readonly name: string;
  readonly operation: Operation;
  /** Every error has one of these codes. */
  readonly codes: readonly string[];
  /** Only there; everywhere without it. */
  readonly profile?: 'production';
  /** Only over what carries subscriptions. */
  readonly isLive?: true;
  /** By somebody with an account; a guest otherwise. */
  readonly bySomebody?: true;
}

const times = (count: number, each: (n: number) => string): string => Array.from({ length: count }, (_, n) => each(n)).join(' ');

const TOO_MUCH = ['COST_EXCEEDED'];
const INVALID = ['BAD_USER_INPUT'];

/** The first pair of posts, authors and posts in each other. */
const deep = (levels: number): string =>
  `{ user(handle: "x") ${'{ posts { edges { node { author '.repeat(levels)}{ id }${' } } } }'.repeat(levels)} }`;
const nested = (n: number, body: (i: number) => string): string =>
  `{ user(handle: "x") { ...F${n} } } fragment F0 on User { id handle } ${times(n, (i) => `fragment F${i + 1} on User { ${body(i)} }`)}`;
const conditions = (n: number): string => times(n, (i) => `$v${i}: Boolean = true`);

/** Too large by one of the limits. */
const BOMBS: Readonly<Record<string, string>> = {
  'depth, written out': deep(4),
  'depth, written out a hundred times': deep(100),
  'depth by fragments': `{ user(handle: "x") { ...F9 } } fragment F0 on User { id } ${times(9, (i) => `fragment F${i + 1} on User { posts { edges { node { author { ...F${i} } } } } }`)}`,
  'aliases of __typename': `{ ${times(101, (i) => `a${i}: __typename`)} }`,
  'aliases of a field that asks a subgraph': `{ ${times(60, (i) => `a${i}: user(handle: "x") { id }`)} }`,
  'aliases in a fragment': `{ user(handle: "x") { ...A } } fragment A on User { ${times(60, (i) => `a${i}: handle`)} }`,
  'fifty-one conditions on one field': `{ me ${'@include(if: true) '.repeat(51)}{ id } }`,
  'ten thousand unknown directives': `{ __typename ${'@aa '.repeat(900)}}`,
  tokens: `{ ${'me '.repeat(2_100)} }`,
  'tokens in a list': `{ node(id: [${'1 '.repeat(2_100)}]) { id } }`,
  'tokens in an object': `{ node(id: {${times(700, (i) => `a${i}: 1`)}}) { id } }`,
  'a field five hundred times': `{ ${'__typename '.repeat(500)} }`,
  'a fragment thirty times': `{ user(handle: "x") { ${'...A '.repeat(30)} } } fragment A on User { id }`,
  'twenty-one fields at the top': `{ ${times(21, (i) => `a${i}: me { id }`)} }`,
  'twenty-one fields at the top by fragments': `{ ${times(3, (i) => `...F${i}`)} } ${times(3, (i) => `fragment F${i} on Query { ${times(8, (n) => `f${i}n${n}: me { id }`)} }`)}`,
  'fragments that double': nested(10, (i) => `...F${i} ...F${i}`),
  'fragments that double under aliases': nested(
    8,
    (i) => `a: posts { edges { node { author { ...F${i} } } } } b: posts { edges { node { author { ...F${i} } } } }`,
  ),
  'fragments under opposite conditions': `query (${conditions(10)}) ${nested(10, (i) => `...F${i} @include(if: $v${i}) ...F${i} @skip(if: $v${i})`)}`,
  'inline fragments under opposite conditions': `query (${conditions(6)}) { user(handle: "x") { ${times(6, (i) => `... @include(if: $v${i}) { id } ... @skip(if: $v${i}) { handle }`)} } }`,
  'conditions by many variables': `query (${conditions(5)}) { ${times(5, (i) => `a${i}: me @include(if: $v${i}) { id }`)} }`,
  'lists of lists':
    '{ search(query: "a", first: 100) { edges { node { ... on User { posts(first: 100) { edges { node { comments(first: 100) { edges { node { id } } } } } } } } } } }',
  'a list of a billion': '{ user(handle: "x") { posts(first: 1000000000) { edges { node { id author { handle } } } } } }',
  'lists under aliases': `{ user(handle: "x") { ${times(20, (i) => `p${i}: posts(first: 100) { edges { node { comments(first: 100) { edges { node { id author { id } } } } } } }`)} } }`,
  'circular introspection': `{ __schema { ${'types { fields { type { '.repeat(5)}name${' } } }'.repeat(5)} } }`,
};

/** Not of the grammar, or not of this graph. */
const NONSENSE: Readonly<Record<string, string>> = {
  'an open brace': '{',
  'a closed one first': '} {',
  'an open string': '{ node(id: "x) { id } }',
  'an open block string': '{ node(id: """x) { id } }',
  'a NUL in a name': '{ me\u0000 { id } }',
  'a control character': '{ me\u0007 { id } }',
  'a lone surrogate': '{ \ud800 }',
  'an escape that is none': '{ node(id: "\\u{110000}") { id } }',
  'a comment alone': '# nothing',
  'twenty thousand blanks': `{${' '.repeat(8_000)}`,
  'a number with no end': `{ search(query: "a", first: ${'9'.repeat(400)}) { edges { cursor } } }`,
  'a fraction for a number': '{ search(query: "a", first: 1.5) { edges { cursor } } }',
  'a list for a number': '{ search(query: "a", first: [1]) { edges { cursor } } }',
  'a value deep in lists': `{ node(id: ${'['.repeat(400)}1${']'.repeat(400)}) { id } }`,
  'a value deep in objects': `{ node(id: ${'{a: '.repeat(300)}1${'}'.repeat(300)}) { id } }`,
  'a list for an object': 'mutation { login(input: []) { __typename } }',
  'a type definition': '{ me { id } } type Query { me: String }',
  'an extension of the graph': '{ me { id } } extend type Query { mine: String }',
  'a schema': 'schema { query: Query }',
  'a directive definition': '{ me { id } } directive @mine on FIELD',
  'a fragment alone': 'fragment A on User { id }',
  'a fragment in itself': '{ user(handle: "x") { ...A } } fragment A on User { ...B } fragment B on User { ...A }',
  'a fragment that is not there': '{ user(handle: "x") { ...A } }',
  'a fragment twice': '{ user(handle: "x") { ...A } } fragment A on User { id } fragment A on User { handle }',
  'a fragment on a scalar': '{ me { ... on String { length } } }',
  'a fragment on an input': '{ me { ... on LoginInput { password } } }',
  'a fragment on what never meets': '{ user(handle: "x") { ... on Order { number } } }',
  'a directive of another version': '{ me { id } ... @defer { user(handle: "x") { id } } }',
  'a streamed list': '{ user(handle: "x") { posts { edges @stream(initialCount: 1) { cursor } } } }',
  'a directive of composition': '{ me @authenticated { id } }',
  'a directive of the join': '{ me @join__field(graph: ACCOUNTS) { id } }',
  'two anonymous operations': '{ me { id } } { me { id } }',
  'two operations and no name': 'query A { me { id } } query B { me { id } }',
  'a leaf with braces': '{ user(handle: "x") { handle { length } } }',
  'an object without braces': '{ me }',
  'an argument that is not there': '{ me(token: "x") { id } }',
  'an argument twice': '{ user(handle: "x", handle: "y") { id } }',
  'a variable that is not declared': '{ user(handle: $handle) { id } }',
  'a variable that is not used': 'query ($x: Int) { me { id } }',
  'a variable of an output type': 'query ($x: User) { me { id } }',
  'a variable of another type': 'query ($x: Int) { user(handle: $x) { id } }',
  'conflicting arguments': '{ user(handle: "x") { id } user(handle: "y") { handle } }',
  'two subscriptions': 'subscription { inbox { cursor } homeFeedUpdated { cursor } }',
  'a subscription in a fragment': 'subscription { ...A } fragment A on Subscription { inbox { cursor } }',
  'a conditional subscription': 'subscription { inbox @include(if: true) { cursor } }',
  'a subscription to its own name': 'subscription { __typename }',
  'the graph of a subgraph': '{ _service { sdl } }',
  'entities of a subgraph': '{ _entities(representations: [{ __typename: "Viewer", id: "x" }]) { __typename ... on Viewer { email } } }',
  'entities by a variable': 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }',
  'a gate': '{ node(id: "x") { ... on Post { gate } } }',
  'an inner reference': '{ node(id: "x") { ... on Post { ref } } }',
  'an inner reference of any thing': '{ node(id: "x") { ref } }',
  'a gate through the feed': '{ me { homeFeed { edges { node { ... on Post { gate } } } } } }',
  'the viewer as any thing': '{ node(id: "x") { ... on Viewer { email } } }',
  'somebody’s address': '{ user(handle: "x") { email } }',
  'somebody’s sessions': '{ user(handle: "x") { sessions { id } } }',
  'a name with SQL in it': '{ user(handle: "x") { id" OR 1=1 -- } }',
};

const NAMES = ['__proto__', 'constructor', 'prototype'] as const;
/** Everywhere that a name can stand. */
const PLACES: Readonly<Record<string, (name: string) => string>> = {
  'an alias': (name) => `{ ${name}: me { id } }`,
  'an inner alias': (name) => `{ user(handle: "x") { ${name}: handle } }`,
  'a field': (name) => `{ ${name} }`,
  'an argument': (name) => `{ user(${name}: "x") { id } }`,
  'a key of an object': (name) => `mutation { login(input: { ${name}: 1 }) { __typename } }`,
  'a variable': (name) => `query ($${name}: String = "x") { user(handle: $${name}) { id } }`,
  'a fragment': (name) => `{ user(handle: "x") { ...${name} } } fragment ${name} on User { id }`,
  'an operation': (name) => `query ${name} { me { id } }`,
  'a directive': (name) => `{ me @${name} { id } }`,
  'an enum': (name) => `{ trends(kind: ${name}) { name } }`,
  'a type': (name) => `{ node(id: "x") { ... on ${name} { id } } }`,
};

const USER = 'query ($handle: String!) { user(handle: $handle) { id } }';
const lists = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
const objects = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);

const VARIABLES: readonly HostileDocument[] = [
  ...NAMES.flatMap((name): HostileDocument[] => [
    {
      name: `a variable called ${name}`,
      operation: { query: USER, variables: JSON.parse(`{"handle":"x","${name}":{"polluted":true}}`) },
      codes: INVALID,
    },
    {
      name: `an inner key called ${name}`,
      operation: { query: USER, variables: JSON.parse(`{"handle":{"${name}":{"polluted":true}}}`) },
      codes: INVALID,
    },
  ]),
  { name: 'variables deep in lists', operation: { query: USER, variables: { handle: lists(30) } }, codes: TOO_MUCH },
  { name: 'variables very deep in lists', operation: { query: USER, variables: { handle: lists(2_000) } }, codes: TOO_MUCH },
  { name: 'variables deep in objects', operation: { query: USER, variables: { handle: objects(30) } }, codes: TOO_MUCH },
  { name: 'unasked variables that are deep', operation: { query: '{ me { id } }', variables: { x: objects(30) } }, codes: TOO_MUCH },
  { name: 'an object for a text', operation: { query: USER, variables: { handle: { contains: '' } } }, codes: INVALID },
  { name: 'a list for a text', operation: { query: USER, variables: { handle: ['x'] } }, codes: INVALID },
  { name: 'null for what is wanted', operation: { query: USER, variables: { handle: null } }, codes: INVALID },
  { name: 'variables that are a list', operation: { query: USER, variables: [{ handle: 'x' }] }, codes: INVALID },
  { name: 'variables that are a number', operation: { query: USER, variables: 1 }, codes: INVALID },
  {
    name: 'unknown keys of an input',
    operation: {
      query: 'mutation ($input: LoginInput!) { login(input: $input) { __typename } }',
      variables: { input: { identifier: 'x', password: 'y', isAdmin: true } },
    },
    codes: INVALID,
  },
  {
    name: 'an operation’s name that is none of its',
    operation: { query: 'query A { me { id } }', operationName: '__proto__' },
    codes: INVALID,
  },
  { name: 'an operation’s name that is an object', operation: { query: 'query A { me { id } }', operationName: { a: 1 } }, codes: INVALID },
  { name: 'a trusted document that is unknown', operation: { query: '', documentId: 'a'.repeat(64) }, codes: ['PERSISTED_QUERY_REQUIRED'] },
  { name: 'a trusted document called __proto__', operation: { query: '', documentId: '__proto__' }, codes: ['PERSISTED_QUERY_REQUIRED'] },
  {
    name: 'a hash that is unknown',
    operation: { query: '', extensions: { persistedQuery: { version: 1, sha256Hash: 'f'.repeat(64) } } },
    codes: ['PERSISTED_QUERY_REQUIRED'],
  },
  { name: 'extensions that are a list', operation: { query: '{ me { id } }', extensions: [] }, codes: INVALID },
  { name: 'a hash that is an object', operation: { query: '', extensions: { persistedQuery: { sha256Hash: {} } } }, codes: INVALID },
];

/** The schema is not for everybody. */
const LOOKING: Readonly<Record<string, string>> = {
  'the types': '{ __schema { types { name } } }',
  'the directives': '{ __schema { directives { name } } }',
  'one type': '{ __type(name: "Viewer") { fields { name } } }',
  'one type under an alias': '{ a: __type(name: "Viewer") { b: fields { c: name } } }',
  'one type in a fragment': '{ ...A } fragment A on Query { __type(name: "Viewer") { name } }',
  'the types beside a field': '{ me { id } __schema { queryType { name } } }',
  'the types of a mutation': 'mutation { __schema { types { name } } }',
  'a name almost right': '{ mee { id } }',
  'another name almost right': '{ trend { id } searc }',
  'an inner name almost right': '{ user(handle: "x") { handl } }',
  'an argument almost right': '{ user(handel: "x") { id } }',
  'a type almost right': '{ node(id: "x") { ... on Pots { id } } }',
  'an enum almost right': '{ trends(kind: HASHTAGG) { name } }',
  'a key of an input almost right': 'mutation { login(input: { identifer: "x", password: "y" }) { __typename } }',
};

/** Fields with a rule, on all the ways to them. */
const DENIED: Readonly<Record<string, string>> = {
  'a field for operators': '{ debug { __typename } }',
  'a field for operators under an alias': '{ me: debug { __typename } }',
  'a field for operators in a fragment': '{ ...A } fragment A on Query { debug { __typename } }',
  'a field for operators in a fragment without a type': '{ ... { debug { __typename } } }',
  'a field for operators under a condition': '{ debug @include(if: true) { __typename } }',
  'a field for operators in fragments of fragments':
    '{ ...A } fragment A on Query { ... on Query { ...B } } fragment B on Query { x: debug { y: __typename } }',
};
const FOR_MEMBERS: Readonly<Record<string, string>> = {
  'a field for members': '{ joinLinkPreview(code: "x") { __typename } }',
  'a field for members under an alias': '{ me: joinLinkPreview(code: "x") { __typename } }',
  'a field for members in a fragment': '{ ...A } fragment A on Query { ... { joinLinkPreview(code: "x") { __typename } } }',
};
const LIVE: Readonly<Record<string, string>> = {
  'the home feed': 'subscription { homeFeedUpdated { cursor } }',
  'the home feed under an alias': 'subscription { postActivity: homeFeedUpdated { cursor } }',
  'an inbox': 'subscription { inbox { cursor } }',
  'an inbox from a cursor': 'subscription { inbox(after: "AAAA") { cursor } }',
  'an order': 'subscription { orderChanged(id: "order_01h455vb4pex5vsknk084sn02q") { id } }',
  'who is there': 'subscription { presenceChanged(userIds: ["user_01h455vb4pex5vsknk084sn02q"]) { __typename } }',
};

const table = (
  kind: string,
  texts: Readonly<Record<string, string>>,
  codes: readonly string[],
  more: Partial<HostileDocument> = {},
): readonly HostileDocument[] =>
  Object.entries(texts).map(([name, query]) => ({ name: `${kind}: ${name}`, operation: { query }, codes, ...more }));

/** Every operation that is refused whatever it comes over. */
export const DOCUMENTS: readonly HostileDocument[] = [
  ...table('too much', BOMBS, TOO_MUCH),
  ...table('nonsense', NONSENSE, INVALID),
  ...Object.entries(PLACES).flatMap(([place, write]) =>
    table('a born name', Object.fromEntries(NAMES.map((name) => [`${name} as ${place}`, write(name)])), INVALID),
  ),
  ...VARIABLES,
  ...table('looking', LOOKING, INVALID, { profile: 'production' }),
  ...table('denied to a guest', { ...DENIED, ...FOR_MEMBERS }, ['UNAUTHENTICATED']),
  ...table('denied to a member', DENIED, ['INSUFFICIENT_SCOPE'], { bySomebody: true }),
  ...table('live, denied to a guest', LIVE, ['UNAUTHENTICATED'], { isLive: true }),
];
