import { readFileSync } from 'node:fs';
import { newId } from '@plaza/kernel/id';
import { SUBGRAPH_NAMES } from '@plaza/kernel/subgraph-name';
import { toTypeId } from '@plaza/kernel/type-id';
import type { Person } from '@plaza/testing/people';
import type { World } from '@plaza/testing/world';
import { buildSchema, getNamedType, isNonNullType, isUnionType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlaza } from '../world.js';
import type { Ids } from './case.js';
import { BAD_INPUTS } from './cases.js';

const api = buildSchema(readFileSync(new URL('../../schema/api.graphql', import.meta.url), 'utf8'));
const mutations = api.getMutationType()?.getFields() ?? {};

let world: World;
let anna: Person;
let binh: Person;
let ids: Ids;
let hidden: { readonly post: string; readonly comment: string; readonly user: string };

beforeAll(async () => {
  world = await startPlaza();
  const [first, second, dan] = await world.people('anna', 'binh', 'dan');
  [anna, binh] = [first, second];
  const post = await binh.publishes('by Binh');
  const shop = await shopOf(anna);
  const secret = await binh.publishes('for Binh alone', { audience: 'ONLY_ME' });
  ids = {
    me: anna.id,
    user: binh.id,
    myPost: await anna.publishes('by Anna'),
    post,
    comment: await binh.comments(post, 'first'),
    noPost: toTypeId('post', newId()),
    noUser: toTypeId('user', newId()),
    noComment: toTypeId('comment', newId()),
    noMedia: toTypeId('media', newId()),
    noProduct: toTypeId('product', newId()),
    noFolder: toTypeId('folder', newId()),
    noSession: toTypeId('session', newId()),
    noShop: toTypeId('shop', newId()),
    noVariant: toTypeId('variant', newId()),
    noOrder: toTypeId('order', newId()),
    noSellerOrder: toTypeId('sellerorder', newId()),
    noShipment: toTypeId('shipment', newId()),
    noConversation: toTypeId('conversation', newId()),
    noMessage: toTypeId('message', newId()),
    myConversation: await conversationOf(anna, binh),
    myGroup: await conversationOf(anna, binh, 'Tea'),
    conversation: await conversationOf(binh, dan),
    ...shop,
    ...(await sold(binh, shop.myVariant)),
    boughtSellerOrder: (await sold(anna, (await shopOf(binh)).myVariant)).mySellerOrder,
  };
  hidden = { post: secret, comment: await binh.comments(secret, 'to myself'), user: dan.id };
  await dan.blocks(anna);
  await world.settled();
});
afterAll(() => world.stop());

/** With a title it is a group. */
async function conversationOf(one: Person, other: Person, title: string | null = null): Promise<string> {
  const input = {
    idempotencyKey: newId(),
    kind: title === null ? 'DIRECT' : 'GROUP',
    memberIds: [other.id],
    ...(title === null ? {} : { title }),
  };
  return (await one.does('StartConversation', input)).conversation.id;
}

/** A shop with a variant of which there are five. */
async function shopOf(seller: Person): Promise<Pick<Ids, 'myShop' | 'myVariant'>> {
  const opened = await seller.plays('OpenShop', { input: { idempotencyKey: newId(), name: 'Tea' } });
  const myShop = opened.openShop.shop.id;
  const price = { amountMinor: '500', currencyCode: 'USD' };
  const variants = [{ sku: 'a', title: '100 g', price, stock: 5 }];
  const created = await seller.plays('CreateProduct', { input: { idempotencyKey: newId(), shopId: myShop, title: 'Tea', variants } });
  return { myShop, myVariant: created.createProduct.product.variants[0].id };
}

/** The buyer has bought one and paid it. */
async function sold(buyer: Person, variantId: string): Promise<Pick<Ids, 'mySellerOrder' | 'myOrderLine'>> {
  await buyer.plays('SetCartLine', { input: { variantId, quantity: 1 } });
  const expectedTotal = { amountMinor: '500', currencyCode: 'USD' };
  const shippingAddress = { name: 'Binh', line1: '1 Hang Gai', city: 'Ha Noi', postalCode: '10000', countryCode: 'VN' };
  const { checkout } = await buyer.plays('Checkout', { input: { idempotencyKey: newId(), expectedTotal, shippingAddress } });
  const paymentMethod = { provider: 'test', token: 'ok' };
  await buyer.plays('Pay', { input: { idempotencyKey: newId(), orderId: checkout.order.id, paymentMethod } });
  const { json } = await buyer.graphql('query ($id: ID!) { node(id: $id) { ... on Order { sellerOrders { id lines { id } } } } }', {
    id: checkout.order.id,
  });
  const part = json.data?.['node']?.sellerOrders[0];
  return { mySellerOrder: part?.id, myOrderLine: part?.lines[0].id };
}

/** The mutation with everything that a failure says. */
function document(mutation: string): string {
  const field = mutations[mutation];
  const result = field === undefined ? null : getNamedType(field.type);
  const validates = isUnionType(result) && result.getTypes().some(({ name }) => name === 'ValidationError');
  const fields = validates ? ' ... on ValidationError { fields { path } }' : '';
  return `mutation ($input: ${String(field?.args[0]?.type)}) { ${mutation}(input: $input) { __typename ... on UserError { code message }${fields} } }`;
}

/** What feed is asked to keep; its other tables follow from events, whenever its workers come to it. */
const OF_FEED = ['suggestion_dismissal'];
/** Kept by deliveries and not by mutations. */
const OF_RELAYS = ['inbox', 'outbox_position'];

/** How many rows each table of each subgraph has that a mutation could write to. */
async function rows(): Promise<string> {
  const counts = await Promise.all(
    SUBGRAPH_NAMES.map(async (name) => {
      const database = world.tables(name);
      const found = await database.sql<{ table: string; rows: string }>`
        SELECT table_name AS table, (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I', table_name), false, true, '')))[1]::text AS rows
        FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
          AND NOT table_name = ANY(${OF_RELAYS}) AND (${name} <> 'feed' OR table_name = ANY(${OF_FEED})) ORDER BY table_name`;
      return `${name}: ${found.map(({ table, rows: count }) => `${table} ${count}`).join(', ')}`;
    }),
  );
  return counts.join('\n');
}

describe('bad input', () => {
  it('has a case for every mutation that takes input', () => {
    const covered = new Set(BAD_INPUTS.map(({ mutation }) => mutation));
    const takers = Object.values(mutations).filter(({ args }) => args.some(({ type }) => isNonNullType(type)));
    expect(takers.map(({ name }) => name).filter((name) => !covered.has(name))).toEqual([]);
  });

  it.each(BAD_INPUTS)('$mutation answers $says with $answer and changes no row', async ({ mutation, input, answer, path }) => {
    const before = await rows();
    const { json, body } = await anna.graphql(document(mutation), { input: input(ids) });
    const payload = json.data?.[mutation];
    expect(payload?.__typename, body).toBe(answer);
    expect(payload.code).toMatch(/^[A-Z_]+$/);
    if (path !== undefined) expect(payload.fields[0].path).toBe(path);
    expect(await rows()).toBe(before);
  });

  it.each(BAD_INPUTS.filter(({ answer }) => answer === 'NotFoundError'))(
    '$mutation does not tell $says from what is hidden',
    async ({ mutation, input }) => {
      const asked = JSON.stringify(input(ids));
      const alike = [
        [ids.noPost, hidden.post],
        [ids.noComment, hidden.comment],
        [ids.noUser, hidden.user],
      ] as const;
      const found = alike.find(([missing]) => asked.includes(missing));
      if (found === undefined) return;
      const [missing, secret] = found;
      const one = await anna.graphql(document(mutation), { input: JSON.parse(asked) });
      const two = await anna.graphql(document(mutation), { input: JSON.parse(asked.replaceAll(missing, secret)) });
      expect(two.body).toBe(one.body);
    },
  );

  it.each([
    ['a variable that is missing', {}],
    ['a variable of another type', { input: 7 }],
    ['a field that does not exist', { input: { postId: 'post_x', surprise: true } }],
    ['null for what must be there', { input: { postId: null } }],
  ])('is BAD_USER_INPUT before any resolver for %s', async (_says, variables) => {
    const before = await rows();
    const { json } = await anna.graphql(document('likePost'), variables);
    expect(json.errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
    expect(json.data ?? null).toBeNull();
    expect(await rows()).toBe(before);
  });

  it('lets a guest change nothing', async () => {
    const tokens = ['verifyEmail', 'resetPassword', 'confirmEmailChange', 'undoEmailChange'];
    const open = new Set(['register', 'login', 'refreshSession', 'unsubscribeFromDigest', 'requestPasswordReset', ...tokens]);
    const before = await rows();
    for (const { mutation, input } of BAD_INPUTS.filter((one) => !open.has(one.mutation))) {
      const { json } = await world.guest().graphql(document(mutation), { input: input(ids) });
      expect(json.data?.[mutation] ?? null, mutation).toBeNull();
      expect(json.errors?.map(({ extensions, path }) => [extensions.code, path])).toEqual([['UNAUTHENTICATED', [mutation]]]);
    }
    expect(await rows()).toBe(before);
  });

  it.each([-1, 101, 2_147_483_647])('refuses a page of %i', async (first) => {
    const { json } = await anna
      .plays('Home', { first: 1 })
      .then(() => anna.graphql('query ($n: Int!) { me { homeFeed(first: $n) { pageInfo { hasNextPage } } } }', { n: first }));
    expect(json.errors?.[0]?.extensions.code).toMatch(/^(BAD_USER_INPUT|COST_EXCEEDED)$/);
  });

  it('refuses a cursor that it did not make', async () => {
    const { json } = await anna.graphql('query { me { homeFeed(first: 1, after: "bm9uc2Vuc2U") { pageInfo { hasNextPage } } } }');
    expect(json.errors?.map(({ extensions, path }) => [extensions.code, path])).toEqual([['BAD_USER_INPUT', ['me', 'homeFeed']]]);
  });
});
