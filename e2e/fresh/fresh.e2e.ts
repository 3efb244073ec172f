import { randomUUID } from 'node:crypto';
import { freePorts } from '@plaza/subgraph/free-ports';
import { Guest, Person } from '@plaza/testing/people';
import type { Running, World } from '@plaza/testing/world';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cuttableClient } from '../cuttable-client.js';
import { until } from '../story/expect.js';
import { asProcesses } from '../world.processes.js';
import { startPlaza } from '../world.js';

/**
 * What is edited is read anew by everybody: nothing that a process remembers is shown in its place. As processes, all is there twice on the same
 * databases: who edits and who reads have not one process in common.
 */
let world: World;
let others: Running | null = null;
let readersUrl: string;

let anna: Person;
let binh: Person;
let chi: Person;
let postId: string;
let commentId: string;
let conversationId: string;
let messageId: string;
let productId: string;
let variantId: string;

const NAME = 'Anna the first';
const key = (): { readonly idempotencyKey: string } => ({ idempotencyKey: randomUUID() });
const elsewhere = (person: Person): Person => new Person(readersUrl, person);

beforeAll(async () => {
  world = await startPlaza();
  readersUrl = world.url;
  if (process.env['PLAZA_E2E'] === 'processes') {
    const [port = 0] = await freePorts(1);
    const publicUrl = `http://127.0.0.1:${port}`;
    others = await asProcesses({ ...world.ground, port, publicUrl });
    readersUrl = `${publicUrl}/graphql`;
  }
  [anna, binh, chi] = await world.people('anna', 'binh', 'chi');
  await anna.does('UpdateProfile', { displayName: NAME, bio: 'bio one' });
  await binh.follows(anna);
  await chi.follows(binh);
  postId = await anna.publishes('text one #fresh');
  await binh.publishes(`hello @${anna.handle} #fresh`);
  commentId = await anna.comments(postId, 'comment one');
  const shop = (await anna.does('OpenShop', { ...key(), name: 'Things' })).shop.id;
  const variants = [{ sku: 'A', title: 'one', price: { amountMinor: '100', currencyCode: 'EUR' }, stock: 7 }];
  const { product } = await anna.does('CreateProduct', { ...key(), shopId: shop, title: 'freshthing', variants });
  [productId, variantId] = [product.id, product.variants[0].id];
  const memberIds = [binh.id, chi.id];
  conversationId = (await anna.does('StartConversation', { ...key(), kind: 'GROUP', memberIds, title: 'title one' })).conversation.id;
  messageId = (await anna.does('Send', { conversationId, clientMessageId: randomUUID(), text: 'message one' })).message.id;
  await world.settled();
});
afterAll(async () => {
  await others?.stop();
  await world.stop();
});

/** Who looks, and what they ask for. */
type Way = readonly [who: () => Guest, query: string, variables?: () => Record<string, unknown>];

const follower = (): Guest => elsewhere(binh);
const member = (): Guest => elsewhere(chi);
const guest = (): Guest => new Guest(readersUrl);
const about = (): Record<string, unknown> => ({
  post: postId,
  product: productId,
  comment: commentId,
  handle: anna.handle,
  me: binh.handle,
});

const POST = 'id text likeCount commentCount author { displayName bio followerCount }';
const NODE = `query ($post: ID!) { node(id: $post) { ... on Post { ${POST} comments { edges { node { text author { displayName bio } } } } } } }`;
const HOME = `{ me { homeFeed { edges { node { ... on Post { ${POST} } } } } } }`;
const PROFILE = `query ($handle: String!) { user(handle: $handle) { displayName bio followerCount posts { edges { node { ${POST} } } } } }`;
const FOUND = `{ search(query: "#fresh") { edges { node { ... on Post { ${POST} } } } } }`;
const FOUND_PERSON =
  'query ($handle: String!) { search(query: $handle, kinds: [USER]) { edges { node { ... on User { displayName bio } } } } }';
const SUGGESTED = 'query ($handle: String!) { searchSuggestions(prefix: $handle) { user { displayName bio } } }';
const FOLLOWED = 'query ($me: String!) { user(handle: $me) { following { edges { node { displayName bio } } } } }';
const MENTION =
  'query ($me: String!) { user(handle: $me) { posts { edges { node { entities { ... on MentionEntity { user { displayName bio } } } } } } } }';
const CHATS = `{ me { conversations { edges { node { title
  messages { edges { node { text sender { displayName bio } } } } lastMessage { text } members { edges { node { displayName bio } } } } } } } }`;
const PRODUCT =
  'query ($product: ID!) { node(id: $product) { ... on Product { variants { availableStock } shop { owner { displayName bio } } } } }';
const COMMENT = 'query ($comment: ID!) { node(id: $comment) { ... on Comment { text author { displayName bio } } } }';

const POSTS: Readonly<Record<string, Way>> = {
  'the home feed': [follower, HOME],
  'its id': [guest, NODE, about],
  'its author’s profile': [guest, PROFILE, about],
  'a search': [member, FOUND],
};
const PEOPLE: Readonly<Record<string, Way>> = {
  ...POSTS,
  'their own comment': [guest, COMMENT, about],
  'a search for them': [member, FOUND_PERSON, about],
  'a suggestion': [member, SUGGESTED, about],
  'a list of people': [guest, FOLLOWED, about],
  'a mention': [guest, MENTION, about],
  'a chat': [member, CHATS],
  'a shop': [guest, PRODUCT, about],
};

/** What is edited, what then stands in the answers in place of what, and by which ways it is read. */
const EDITS: readonly (readonly [
  what: string,
  edit: () => Promise<unknown>,
  before: string,
  after: string,
  Readonly<Record<string, Way>>,
])[] = [
  ['a post’s text', () => anna.edits(postId, { text: 'text two #fresh', expectedRevision: 1 }), '"text one', '"text two', POSTS],
  [
    'a comment',
    () => anna.does('EditComment', { commentId, text: 'comment two' }),
    '"comment one"',
    '"comment two"',
    { 'its post': [follower, NODE, about], 'its id': [guest, COMMENT, about] },
  ],
  ['a like', () => binh.likes(postId), '"likeCount":0,"commentCount":1', '"likeCount":1,"commentCount":1', POSTS],
  ['a comment’s count', () => chi.comments(postId, 'me too'), '"commentCount":1', '"commentCount":2', POSTS],
  [
    'a name',
    () => anna.does('UpdateProfile', { displayName: 'Anna the second' }),
    '"displayName":"Anna the first"',
    '"displayName":"Anna the second"',
    PEOPLE,
  ],
  ['a description', () => anna.does('UpdateProfile', { bio: 'bio two' }), '"bio":"bio one"', '"bio":"bio two"', PEOPLE],
  ['a follower', () => chi.follows(anna), 'bio two","followerCount":1}', 'bio two","followerCount":2}', POSTS],
  [
    'a group’s name',
    () =>
      perform('mutation ($c: ID!) { renameConversation(input: { conversationId: $c, title: "title two" }) { __typename } }', {
        c: conversationId,
      }),
    '"title one"',
    '"title two"',
    { 'its member': [member, CHATS], 'another member': [follower, CHATS] },
  ],
  [
    'a message',
    () => perform('mutation ($m: ID!) { editMessage(input: { messageId: $m, text: "message two" }) { __typename } }', { m: messageId }),
    '"message one"',
    '"message two"',
    { 'a member': [member, CHATS], 'another member': [follower, CHATS] },
  ],
  [
    'what is left of a product',
    () => anna.does('AdjustStock', { ...key(), variantId, change: -4 }),
    '"availableStock":7',
    '"availableStock":3',
    { 'its id': [guest, PRODUCT, about], 'its id, by a member': [member, PRODUCT, about] },
  ],
];

async function perform(mutation: string, variables: Record<string, unknown>): Promise<void> {
  const { body, json } = await anna.graphql(mutation, variables);
  const [payload] = Object.values<{ readonly __typename?: string }>(json.data ?? {});
  if (payload?.__typename?.endsWith('Ok') !== true) throw new Error(body);
}

const look = async ([who, query, variables]: Way): Promise<string> => (await who().graphql(query, variables?.())).body;

describe.each(EDITS)('%s that was just edited', (_what, edit, before, after, ways) => {
  it('is read as it is now, by everybody and every way', async () => {
    const seen = async (): Promise<Readonly<Record<string, string>>> =>
      Object.fromEntries(
        await Promise.all(Object.entries(ways).map(async ([name, way]) => [name, shown(await look(way), before, after)] as const)),
      );
    const all = (what: string): Readonly<Record<string, string>> => Object.fromEntries(Object.keys(ways).map((name) => [name, what]));
    // Once everything derived is there; what remembers anything remembers it by then.
    await until('all ways show it', 60_000, async () => Object.values(await seen()).every((what) => what === 'before'));
    expect(await seen()).toEqual(all('before'));
    await edit();
    expect(await seen()).toEqual(all('after'));
  });
});

/** Which of the two stands in an answer; the answer itself where it is not one of them alone. */
function shown(body: string, before: string, after: string): string {
  const [isBefore, isAfter] = [body.includes(before), body.includes(after)];
  if (isBefore === isAfter || body.includes('"errors"')) return body;
  return isBefore ? 'before' : 'after';
}

describe('a name that was just edited', () => {
  it.each([
    [
      'a post’s activity, which guests share',
      null,
      `subscription ($post: ID!) { postActivity(postId: $post) { ... on CommentAdded { comment { text author { displayName } } } } }`,
    ],
    [
      'a home feed',
      'binh',
      'subscription { homeFeedUpdated { ... on FeedItemInserted { item { ... on Post { text author { displayName } } } } } }',
    ],
    ['an inbox', 'binh', 'subscription { inbox { ... on MessageAdded { message { text sender { displayName } } } } }'],
  ])('is told with the next event of %s', async (_what, who, query) => {
    // Live hints between copies are Redis' part; here it is what an event is made of.
    const { client } = cuttableClient(world.url, who === null ? null : binh.tokens.accessToken);
    const told: string[] = [];
    client.subscribe(
      { query, variables: who === null ? { post: postId } : {} },
      { next: (event) => told.push(JSON.stringify(event)), error: () => {}, complete: () => {} },
    );
    const tell = async (text: string): Promise<void> => {
      await Promise.all([
        anna.comments(postId, text),
        anna.publishes(text),
        anna.does('Send', { conversationId, clientMessageId: randomUUID(), text }),
      ]);
    };
    const tag = query.length;
    try {
      for (const n of [1, 2, 3]) {
        const [name, word] = [`"Anna ${n} of ${tag}"`, `"word ${n} of ${tag}"`];
        await anna.does('UpdateProfile', { displayName: JSON.parse(name) });
        const heard = (): readonly string[] => told.filter((event) => event.includes(word));
        // The first again and again until the line listens.
        await until(`an event with ${word}`, 60_000, async () => {
          if (heard().length === 0) await tell(JSON.parse(word));
          return heard().length > 0;
        });
        expect(heard().filter((event) => !event.includes(name))).toEqual([]);
      }
    } finally {
      await client.dispose();
    }
  });
});

it('was read while caches had much of what they were asked for', async () => {
  const page = await (await fetch(new URL('/metrics', readersUrl))).text();
  const hits = new Map(
    [...page.matchAll(/^plaza_cache_requests_total\{cache="(\w+)",outcome="hit"\} (\d+)$/gmu)].map(([, cache = '', n]) => [
      cache,
      Number(n),
    ]),
  );
  for (const cache of ['access_tokens', 'operations', 'plans']) expect([cache, (hits.get(cache) ?? 0) > 0]).toEqual([cache, true]);
});
