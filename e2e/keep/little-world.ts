import { randomUUID } from 'node:crypto';
import { type Answer, Guest, Person } from '@plaza/testing/people';
import { ADDRESS } from '../shop/address.js';

/** Short documents that many versions answer alike: what is kept is looked at by an older Plaza, by a younger one, and after a restore. */
const DOCUMENTS = {
  register: `mutation ($input: RegisterInput!) { register(input: $input) { ... on RegisterOk { session { accessToken refreshToken } viewer { user { id } } } ... on UserError { code message } } }`,
  login: `mutation ($input: LoginInput!) { login(input: $input) { ... on LoginOk { session { accessToken refreshToken } } ... on UserError { code message } } }`,
  publishPost: `mutation ($input: PublishPostInput!) { publishPost(input: $input) { ... on PublishPostOk { post { id } } ... on UserError { code message } } }`,
  likePost: `mutation ($input: LikePostInput!) { likePost(input: $input) { ... on LikePostOk { post { id } } ... on UserError { code message } } }`,
  addComment: `mutation ($input: AddCommentInput!) { addComment(input: $input) { ... on AddCommentOk { comment { id } } ... on UserError { code message } } }`,
  follow: `mutation ($input: FollowInput!) { follow(input: $input) { ... on FollowOk { user { id } } ... on UserError { code message } } }`,
  openShop: `mutation ($input: OpenShopInput!) { openShop(input: $input) { ... on OpenShopOk { shop { id } } ... on UserError { code message } } }`,
  createProduct: `mutation ($input: CreateProductInput!) { createProduct(input: $input) { ... on CreateProductOk { product { id variants { id } } } ... on UserError { code message } } }`,
  setCartLine: `mutation ($input: SetCartLineInput!) { setCartLine(input: $input) { ... on SetCartLineOk { cart { id } } ... on UserError { code message } } }`,
  checkout: `mutation ($input: CheckoutInput!) { checkout(input: $input) { ... on CheckoutOk { order { id } } ... on UserError { code message } } }`,
  payOrder: `mutation ($input: PayOrderInput!) { payOrder(input: $input) { ... on PayOrderOk { order { id } } ... on UserError { code message } } }`,
  startConversation: `mutation ($input: StartConversationInput!) { startConversation(input: $input) { ... on StartConversationOk { conversation { id } } ... on UserError { code message } } }`,
  sendMessage: `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { ... on SendMessageOk { message { id seq } } ... on UserError { code text: message } } }`,
} as const;

/** One mutation. @throws Error for whatever is not its success */
export async function does(who: Guest, field: keyof typeof DOCUMENTS, input: Record<string, unknown>): Promise<Answer> {
  const { json, body } = await who.graphql(DOCUMENTS[field], { input });
  const payload: Answer = json.data?.[field];
  if (json.errors !== undefined || payload == null || payload.code !== undefined) throw new Error(`${field} answered ${body}`);
  return payload;
}

/** Two people, and what they have done. */
export interface LittleWorld {
  readonly anna: Person;
  readonly binh: Person;
  readonly postIds: readonly string[];
  readonly productId: string;
  readonly orderId: string;
  readonly conversationId: string;
}

const [PRICE, POSTS, MESSAGES] = [{ amountMinor: '500', currencyCode: 'USD' }, 5, 5];

async function registered(url: string, name: string): Promise<Person> {
  const handle = `${name}_${randomUUID().slice(0, 8)}`;
  const account = { handle, email: `${handle}@example.org`, password: 'a long walk by West Lake' };
  const { session, viewer } = await does(new Guest(url), 'register', { ...account, displayName: name });
  return new Person(url, { ...account, id: viewer.user.id, tokens: session });
}

/** Anna posts and sells, Binh follows her, likes, comments, buys and pays, and they chat. */
export async function fill(url: string): Promise<LittleWorld> {
  const [anna, binh] = [await registered(url, 'anna'), await registered(url, 'binh')];
  await does(binh, 'follow', { userId: anna.id });
  const postIds: string[] = [];
  for (let i = 0; i < POSTS; i += 1) {
    const { post } = await does(anna, 'publishPost', { idempotencyKey: randomUUID(), text: `Post ${i} of Anna, from Đà Nẵng 岘港` });
    postIds.push(post.id);
    await does(binh, 'likePost', { postId: post.id });
  }
  await does(binh, 'addComment', { idempotencyKey: randomUUID(), postId: postIds[0], text: 'Beautiful!' });
  const { shop } = await does(anna, 'openShop', { idempotencyKey: randomUUID(), name: 'Lanterns' });
  const variants = [{ sku: 'one', title: 'One', price: PRICE, stock: 10 }];
  const made = { idempotencyKey: randomUUID(), shopId: shop.id, title: 'A lantern', variants };
  const { product } = await does(anna, 'createProduct', made);
  await does(binh, 'setCartLine', { variantId: product.variants[0].id, quantity: 2 });
  const total = { ...PRICE, amountMinor: '1000' };
  const { order } = await does(binh, 'checkout', { idempotencyKey: randomUUID(), expectedTotal: total, shippingAddress: ADDRESS });
  const paymentMethod = { provider: 'test', token: 'ok' };
  await does(binh, 'payOrder', { idempotencyKey: randomUUID(), orderId: order.id, paymentMethod });
  const chat = { idempotencyKey: randomUUID(), kind: 'DIRECT', memberIds: [anna.id] };
  const { conversation } = await does(binh, 'startConversation', chat);
  for (let i = 0; i < MESSAGES; i += 1)
    await does(binh, 'sendMessage', { conversationId: conversation.id, clientMessageId: randomUUID(), text: `Message ${i}` });
  return { anna, binh, postIds, productId: product.id, orderId: order.id, conversationId: conversation.id };
}

/** Binh at another address, signed in with his password. */
export async function signedIn(url: string, { handle, email, id, password }: Person): Promise<Person> {
  const { session } = await does(new Guest(url), 'login', { identifier: handle, password });
  return new Person(url, { id, handle, email, password, tokens: session });
}

const LOOKS = {
  post: `... on Post { text createdAt likeCount commentCount viewerHasLiked author { handle } comments(first: 5) { edges { node { text author { handle } } } } }`,
  product: `... on Product { title variants { sku availableStock } }`,
  order: `... on Order { number status paymentStatus total { amountMinor currencyCode } sellerOrders { lines { quantity } } }`,
  person: `... on User { handle displayName viewerRelation { isFollowing isFollowedBy } }`,
};

/** What Binh sees of it: as text, so that two looks can be compared byte for byte. */
export async function look(binh: Person, { postIds, productId, orderId, conversationId, anna }: LittleWorld): Promise<string> {
  const wanted = [
    ...postIds.map((id) => [id, LOOKS.post] as const),
    [productId, LOOKS.product],
    [orderId, LOOKS.order],
    [anna.id, LOOKS.person],
  ] as const;
  const seen: Answer[] = [];
  for (const [id, selection] of wanted) {
    const { json, body } = await binh.graphql(`query ($id: ID!) { node(id: $id) { __typename id ${selection} } }`, { id });
    if (json.errors !== undefined || json.data?.node == null) throw new Error(`${id} cannot be looked at: ${body}`);
    seen.push(json.data.node);
  }
  return JSON.stringify([...seen, await messagesOf(binh, conversationId)]);
}

const CHATS = `query { me { conversations(first: 20) { edges { node { id messages(last: 100) { edges { node { id seq text sender { handle } } } } } } } } }`;

/** The last hundred messages of one of somebody's conversations. */
export async function messagesOf(who: Guest, conversationId: string): Promise<readonly Answer[]> {
  const { json, body } = await who.graphql(CHATS);
  const chat: Answer = json.data?.me?.conversations?.edges.find(({ node }: Answer) => node.id === conversationId);
  if (chat === undefined) throw new Error(`${conversationId} cannot be looked at: ${body}`);
  return chat.node.messages.edges.map(({ node }: Answer) => node);
}
