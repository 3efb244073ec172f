import { readFileSync } from 'node:fs';
import {
  buildSchema,
  getNamedType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { Operation } from './transports.js';

/** Asks for something of Anna's by its id: with the id of what never was it must answer the same bytes. */
export interface ReachAttack {
  readonly name: string;
  /** Prefix of what is asked for. */
  readonly kind: string;
  readonly operation: (id: string) => Operation;
}

const api: GraphQLSchema = buildSchema(readFileSync(new URL('../../schema/api.graphql', import.meta.url), 'utf8'));

/** Every way to ask for a thing by its id. */
const SELECTIONS: Readonly<Record<string, string>> = {
  'by its type': '{ node(id: $id) { __typename } }',
  'by its id': '{ node(id: $id) { id } }',
  'under an alias': '{ me: node(id: $id) { ref: id gate: id } }',
  'through the interface': '{ node(id: $id) { ... on Node { __typename id } } }',
  'through fragments of fragments':
    '{ ...A } fragment A on Query { node(id: $id) { ...B } } fragment B on Node { id ... on Post { ...C } } fragment C on Post { text }',
  'under conditions': '{ node(id: $id) @include(if: true) { id @skip(if: false) ... on Post @include(if: true) { text } } }',
  'by what its owner knows':
    '{ node(id: $id) { ... on Post { text audience contentWarning entities { start } } ... on Comment { text } ... on User { handle bio email: displayName } ... on Media { url status } ... on Order { number } } }',
  'by what needs a gate':
    '{ node(id: $id) { ... on Post { likeCount commentCount repostCount viewerHasLiked viewerHasBookmarked activityCursor } } }',
  'by what others add':
    '{ node(id: $id) { ... on Post { products { id } comments(first: 3) { edges { node { text author { handle } } } } } ... on User { followerCount posts(first: 3) { edges { node { text } } } presence { __typename } } } }',
  'by its author': '{ node(id: $id) { ... on Post { author { id handle bio } } ... on Comment { author { id handle bio } } } }',
  'by its history': '{ node(id: $id) { ... on Post { revisions(first: 5) { edges { node { text } } } media { url } } } }',
  twice: '{ a: node(id: $id) { id } b: node(id: $id) { ... on Post { text } } }',
  'by keys that pass for a gate': '{ node(id: $id) { ... on Post { id: text gate: text ref: text n: likeCount } } }',
  'beside what may be seen': '{ me { id } node(id: $id) { id ... on Post { text author { handle } } } trends(kind: HASHTAG) { name } }',
};
/** Nothing of these is had by `node`: a few ways are enough to see that. */
const NOT_FOR_NODE = new Set<string>(['message', 'conversation', 'folder', 'session']);
const NODES = ['post', 'comment', 'user', 'media', 'message', 'conversation', 'folder', 'session'] as const;

const WATCHES: readonly ReachAttack[] = [
  { kind: 'post', field: 'postActivity(postId: $id) { cursor }' },
  { kind: 'media', field: 'mediaChanged(id: $id) { id status }' },
].map(({ kind, field }) => ({
  name: `watching a ${kind}`,
  kind,
  operation: (id): Operation => ({ query: `subscription ($id: ID!) { ${field} }`, variables: { id } }),
}));

/** Over any wire. */
export const READS: readonly ReachAttack[] = NODES.flatMap((kind) =>
  Object.entries(SELECTIONS)
    .slice(0, NOT_FOR_NODE.has(kind) ? 4 : undefined)
    .map(([way, body]) => ({
      name: `a ${kind} ${way}`,
      kind,
      operation: (id): Operation => ({ query: `query ($id: ID!) ${body}`, variables: { id } }),
    })),
);

export const LIVE_READS = WATCHES;

/** Which thing of Anna's an input's field is after. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^postId$|^sharedId$/u, 'post'],
  [/^commentId$|^replyToId$/u, 'comment'],
  [/^conversationId$/u, 'conversation'],
  [/^messageId$/u, 'message'],
  [/^mediaId$|^media$|^avatarId$|^avatar$/u, 'media'],
  [/^folderId$/u, 'folder'],
  [/^sessionId$/u, 'session'],
  [/^(?:user|member)Ids?$/u, 'user'],
];

const kindOf = (name: string): string | undefined => KINDS.find(([pattern]) => pattern.test(name))?.[1];

/** A value of a type, as small as it may be; `id` for whatever is an id. */
function valueOf(type: GraphQLInputType, name: string, id: string): unknown {
  if (isNonNullType(type)) return valueOf(type.ofType, name, id);
  if (isListType(type)) return [valueOf(type.ofType, name, id)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const asked = fields.filter((field) => isNonNullType(field.type) || kindOf(field.name) !== undefined);
    return Object.fromEntries(asked.map((field) => [field.name, valueOf(field.type, field.name, id)]));
  }
  if (type.name === 'Int' || type.name === 'Float') return 1;
  if (type.name === 'Boolean') return true;
  if (type.name === 'ID') return id;
  if (type.name === 'DateTime') return '2030-01-01T00:00:00.000Z';
  return /key|clientMessageId/iu.test(name) ? 'an-attempt-of-mallory' : 'mine';
}

function writeOf({ name, args }: GraphQLField<unknown, unknown>, id: string): Operation {
  const declared = args.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ');
  const given = args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  return {
    query: `mutation${declared === '' ? '' : ` (${declared})`} { ${name}${given === '' ? '' : `(${given})`} { __typename ... on UserError { code message } } }`,
    variables: Object.fromEntries(args.map((arg) => [arg.name, valueOf(arg.type, arg.name, id)])),
  };
}

const mutations = Object.values(api.getMutationType()?.getFields() ?? {});

/** An input's only way to a thing of somebody's. */
function targetOf(field: GraphQLField<unknown, unknown>): string | undefined {
  const type = field.args[0] === undefined ? undefined : getNamedType(field.args[0].type);
  if (!isInputObjectType(type)) return undefined;
  return Object.keys(type.getFields())
    .map(kindOf)
    .find((kind) => kind !== undefined);
}

/** Blocking is one's own doing, whoever is blocked; a draft of a group tells nobody of those who are not there by another word than its own. */
const OWN = new Set(['block', 'unblock', 'mute', 'unmute']);

/** Every mutation that takes an id, with Anna's. */
export const WRITES: readonly ReachAttack[] = mutations.flatMap((field) => {
  const kind = targetOf(field);
  return kind === undefined || OWN.has(field.name)
    ? []
    : [{ name: `${field.name} of somebody’s ${kind}`, kind, operation: (id: string) => writeOf(field, id) }];
});

const SUPERGRAPH = readFileSync(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8');
const isForMembers = ({ name }: GraphQLField<unknown, unknown>): boolean =>
  new RegExp(`^  ${name}(?:\\(.*\\))?: .*@authenticated`, 'mu').test(SUPERGRAPH);

/** Every mutation for members alone, sent by a guest. */
export const GUEST_WRITES: readonly { readonly name: string; readonly operation: Operation }[] = mutations
  .filter(isForMembers)
  .map((field) => ({ name: field.name, operation: writeOf(field, 'post_01h455vb4pex5vsknk084sn02q') }));

/** Cursors that nobody gave out. */
const FORGED: Readonly<Record<string, string>> = {
  nonsense: 'x',
  'an id': 'post_01h455vb4pex5vsknk084sn02q',
  'a number': '1',
  'JSON in base64': Buffer.from('{"id":"00000000-0000-0000-0000-000000000001","before":null}').toString('base64url'),
  SQL: "' OR 1=1 --",
  'a prototype': '__proto__',
  bytes: Buffer.alloc(64, 255).toString('base64url'),
  'ten thousand letters': 'A'.repeat(10_000),
};

/** A list with a cursor, asked from a place that is not the asker's. `after` null: the attack brings somebody else's. */
export interface CursorAttack {
  readonly name: string;
  readonly query: string;
  readonly after: string | null;
}

const connectionsOf = (typeName: string): readonly string[] => {
  const type = api.getType(typeName);
  if (!isObjectType(type)) throw new Error(`no type ${typeName}`);
  return Object.values(type.getFields())
    .filter(({ args }) => args.some(({ name }) => name === 'after'))
    .map(({ name }) => name);
};

const asked: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    connectionsOf('Viewer').map((name) => [
      `Viewer.${name}`,
      `query ($after: String) { me { ${name}(first: 5, after: $after) { edges { cursor } } } }`,
    ]),
  ),
  ...Object.fromEntries(
    connectionsOf('User').map((name) => [
      `User.${name}`,
      `query ($after: String) { me { user { ${name}(first: 5, after: $after) { edges { cursor } } } } }`,
    ]),
  ),
  'Query.search': 'query ($after: String) { search(query: "hidden", first: 5, after: $after) { edges { cursor } } }',
};

export const CURSORS: readonly CursorAttack[] = Object.entries(asked).flatMap(([place, query]) => [
  ...Object.entries(FORGED).map(([what, after]) => ({ name: `${place} after ${what}`, query, after })),
  { name: `${place} after a cursor of somebody else’s`, query, after: null },
]);
