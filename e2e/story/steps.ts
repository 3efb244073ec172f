import { randomUUID } from 'node:crypto';
import { equal, ok, until } from './expect.js';
import type { Answer } from './answer.js';
import { Person } from './person.js';
import { chatStep, saysTo, startsWith } from './chat.step.js';
import { photoStep } from './photo.step.js';
import type { Stage, Step } from './stage.js';

const PASSWORD = 'a long walk by West Lake';
const tail = (): string => randomUUID().slice(0, 6);

export function createStage(url: string, restart: Stage['restart']): Stage {
  const person = (name: string) => new Person(url, `${name}_${tail()}`);
  return {
    url,
    anna: person('anna'),
    binh: person('binh'),
    chen: person('chen'),
    posts: new Map(),
    media: new Map(),
    chats: new Map(),
    restart,
  };
}

const registration = (person: Person) => ({
  handle: person.handle,
  displayName: person.handle,
  email: `${person.handle}@example.org`,
  password: PASSWORD,
});

async function publish(author: Person, text: string, more: Record<string, unknown> = {}): Promise<Answer> {
  const { post } = await author.does('Publish', {
    idempotencyKey: randomUUID(),
    text,
    media: [],
    audience: 'PUBLIC',
    productIds: [],
    ...more,
  });
  return post;
}

async function activityCursor(reader: Person, id: string | undefined): Promise<string> {
  const body = await reader.raw('query ($id: ID!) { node(id: $id) { ... on Post { activityCursor } } }', { id });
  return JSON.parse(body).data.node.activityCursor;
}

const relation = async (who: Person, whom: Person, name: 'Follow' | 'Unfollow' | 'Block' | 'Unblock') =>
  who.does(name, { userId: whom.userId });

const ADDRESS = { name: 'Binh', line1: '1 Hàng Gai', city: 'Hà Nội', postalCode: '10000', countryCode: 'VN' };

/** Puts one into the cart and checks out with the total that is shown: the order, or why there is none. */
async function buys(buyer: Person, variantId: string, postId: string): Promise<Answer> {
  const { cart } = await buyer.does('SetCartLine', { variantId, quantity: 1, postId });
  const checkout = { idempotencyKey: randomUUID(), expectedTotal: cart.total, shippingAddress: ADDRESS };
  const outcome = await buyer.does('Checkout', checkout);
  return outcome.order ?? outcome;
}

export const STEPS: readonly Step[] = [
  {
    number: 1,
    title: 'Anna, Binh and Chen register; a taken handle, a short password and a refresh token used twice',
    async play({ url, anna, binh, chen }) {
      for (const person of [anna, binh, chen]) {
        const { session, viewer } = await person.does('Register', registration(person));
        person.tokens = session;
        person.userId = viewer.user.id;
        equal(viewer.user.handle, person.handle);
      }
      const other = new Person(url, anna.handle);
      const taken = await other.does('Register', { ...registration(other), email: `other_${tail()}@example.org` });
      equal(taken.code, 'HANDLE_TAKEN');
      const short = new Person(url, `short_${tail()}`);
      const refused = await short.does('Register', { ...registration(short), password: 'short' });
      equal(refused.code, 'VALIDATION');
      equal(refused.fields[0].path, 'password');
      equal((await short.does('Login', { identifier: short.handle, password: 'short' })).code, 'INVALID_CREDENTIALS');

      const thief = new Person(url, chen.handle);
      const login = await chen.does('Login', { identifier: chen.handle, password: PASSWORD });
      const first = await thief.does('Refresh', { refreshToken: login.session.refreshToken, idempotencyKey: 'first-attempt' });
      const again = await thief.does('Refresh', { refreshToken: login.session.refreshToken, idempotencyKey: 'first-attempt' });
      equal(again.session.refreshToken, first.session.refreshToken);
      const reused = await thief.does('Refresh', { refreshToken: login.session.refreshToken, idempotencyKey: 'another-attempt' });
      equal(reused.code, 'SESSION_REVOKED');
      const sibling = await thief.does('Refresh', { refreshToken: first.session.refreshToken, idempotencyKey: 'third-attempt' });
      equal(sibling.code, 'SESSION_REVOKED');
      const { me } = await anna.browses('Me');
      equal(me.user.handle, anna.handle);
      ok(me.sessions.some((session: Answer) => session.isCurrent));
      return 'three accounts; HANDLE_TAKEN, VALIDATION at password, and the reused family is SESSION_REVOKED';
    },
  },
  photoStep,
  {
    number: 3,
    title: 'Anna publishes with a hashtag and a mention of Binh, twice with one idempotency key',
    async play({ anna, binh, posts, media }) {
      const input = {
        idempotencyKey: randomUUID(),
        text: `Buổi sáng ở Hồ Tây 🌅 với @${binh.handle} #hanoi`,
        media: [{ mediaId: media.get('sunset'), altText: 'Mặt trời lặn' }],
        audience: 'PUBLIC',
        productIds: [],
      };
      const [one, two] = [await anna.does('Publish', input), await anna.does('Publish', input)];
      equal(one.post.id, two.post.id);
      const slices = one.post.entities.map(({ start, end }: Answer) => input.text.slice(start, end));
      equal(slices, [`@${binh.handle}`, '#hanoi']);
      equal(one.post.entities[0].user.handle, binh.handle);
      equal(one.post.entities[1].hashtag.name, 'hanoi');
      const [{ id, altText, width, height, url }] = one.post.media;
      equal([id, altText], [media.get('sunset'), 'Mặt trời lặn']);
      ok(width > height && url.endsWith('/w640.webp') && (await fetch(url)).ok);
      posts.set('public', one.post.id);
      return 'one post with its photo; mention and hashtag where they stand in UTF-16';
    },
  },
  {
    number: 4,
    title: 'Binh and Chen follow Anna; her next post is in his home feed within a second',
    async play({ anna, binh, chen, posts }) {
      const followed = await relation(binh, anna, 'Follow');
      equal(followed.user.viewerRelation.isFollowing, true);
      await relation(chen, anna, 'Follow');
      const before = await binh.plays('Home', { first: 1 });
      const between = await publish(anna, 'Between the query and the subscription');
      const live = binh.follows('HomeFeedUpdated', { after: before.me.homeFeed.liveCursor });
      await live.sees('what came between', ({ item }) => item?.id === between.id);
      const post = await publish(anna, 'Tối nay ăn gì? 今晚吃什么？');
      const ms = await until('the post in the feed', 1_000, async () => (await binh.home()).some(({ id }) => id === post.id));
      equal((await live.sees('the post on the open feed', ({ item }) => item?.id === post.id)).item.author.handle, anna.handle);
      await live.close();
      posts.set('second', post.id);
      const [newest] = await binh.home();
      equal([newest.author.handle, newest.likeCount, newest.commentCount, newest.viewerHasLiked], [anna.handle, 0, 0, false]);
      return `there after ${Math.round(ms)} ms, with author, counts and comments from three more subgraphs; on the open feed as well, and what came before it was open`;
    },
  },
  {
    number: 6,
    title: 'A followers-only post is for a stranger, byte for byte, an id that never was',
    async play({ url, anna, binh, posts }) {
      const post = await publish(anna, 'Only for you who follow me', { audience: 'FOLLOWERS' });
      posts.set('followers', post.id);
      equal(await binh.plays('AnyThing', { id: post.id }), { node: { __typename: 'Post', id: post.id } });
      const never = `post_${post.id.slice(5, -4)}zzzz`;
      const stranger = new Person(url, `dan_${tail()}`);
      const { session } = await stranger.does('Register', registration(stranger));
      const guest = new Person(url, 'guest');
      const selections = [
        '__typename',
        'id',
        '... on Post { text }',
        '... on Post { likeCount }',
        '... on Post { author { handle } }',
        '... on Post { products { id } }',
        '... on Post { gate: id likeCount }',
        'ref: id ... on Post { gate: id text: likeCount n: commentCount }',
      ];
      for (const viewer of [guest, Object.assign(stranger, { tokens: session })]) {
        for (const selection of selections) {
          const query = `query ($id: ID!) { node(id: $id) { ${selection} } }`;
          const [hidden, missing] = [await viewer.raw(query, { id: post.id }), await viewer.raw(query, { id: never })];
          equal(hidden, missing);
          equal(hidden, '{"data":{"node":null}}\n');
        }
      }
      return `${selections.length} selections, a guest and a stranger: equal bytes`;
    },
  },
  {
    number: 5,
    title: 'Binh watches while Chen likes and comments; his line is cut, and he misses nothing',
    async play({ binh, chen, posts }) {
      const postId = posts.get('second');
      const { node } = JSON.parse(
        await binh.raw('query ($id: ID!) { node(id: $id) { ... on Post { activityCursor } } }', { id: postId }),
      ).data;
      const live = binh.follows('PostActivity', { postId, after: node.activityCursor });
      const liked = await chen.does('Like', { postId });
      equal([liked.post.likeCount, liked.post.viewerHasLiked], [1, true]);
      const key = randomUUID();
      const said = await chen.does('Comment', { idempotencyKey: key, postId, text: '好吃！' });
      equal([said.comment.text, said.comment.author.handle, said.comment.post.commentCount], ['好吃！', chen.handle, 1]);
      equal((await chen.does('Comment', { idempotencyKey: key, postId, text: '好吃！' })).comment.id, said.comment.id);
      posts.set('comment', said.comment.id);
      const like = await live.sees('the like', ({ likeCount }) => likeCount === 1);
      equal(like.user.handle, chen.handle);
      const comment = await live.sees('the comment', (event) => event.comment?.id === said.comment.id);
      equal([comment.comment.author.handle, comment.commentCount], [chen.handle, 1]);

      live.cut();
      const missed: string[] = [];
      for (const text of ['好', '吃']) missed.push((await chen.does('Comment', { idempotencyKey: randomUUID(), postId, text })).comment.id);
      const again = binh.follows('PostActivity', { postId, after: live.events.at(-1).cursor });
      await again.sees('the second of what was missed', (event) => event.comment?.id === missed[1]);
      equal(
        again.events.map((event) => event.comment?.id),
        missed,
      );
      await again.close();
      for (const commentId of missed) await chen.does('DeleteComment', { commentId });

      const reply = await binh.does('Comment', { idempotencyKey: randomUUID(), postId, text: 'Phở!', replyToId: said.comment.id });
      equal(reply.comment.replyTo.id, said.comment.id);
      posts.set('reply', reply.comment.id);
      const post = (await binh.home()).find(({ id }) => id === postId);
      equal([post.likeCount, post.commentCount, post.comments.edges[0].node.author.handle], [1, 2, chen.handle]);
      return 'like and comment with Chen’s handle; after the cut exactly the two that were missed, in order';
    },
  },
  {
    number: 7,
    title: 'Anna opens a shop and tags a product in a post; Binh buys it from his feed; two want the last unit',
    async play({ anna, binh, chen, posts }) {
      const { shop } = await anna.does('OpenShop', { idempotencyKey: randomUUID(), name: 'Trà và giấy', description: 'Tea and paper' });
      const price = { amountMinor: '95000', currencyCode: 'VND' };
      const { product } = await anna.does('CreateProduct', {
        idempotencyKey: randomUUID(),
        shopId: shop.id,
        title: 'Trà sen Tây Hồ',
        description: 'Lotus tea',
        media: [],
        variants: [{ sku: 'sen-100', title: '100 g', price, stock: 2 }],
      });
      equal(product.priceRange, { min: price, max: price });
      const post = await publish(anna, 'Trà sen mới ướp #trasen', { productIds: [product.id] });
      posts.set('shop', post.id);
      await until('the post in the feed', 2_000, async () => (await binh.home()).some(({ id }) => id === post.id));
      const seen = (await binh.home()).find(({ id }) => id === post.id);
      equal(
        seen.products.map(({ id, inStock }: Answer) => [id, inStock]),
        [[product.id, true]],
      );

      const order = await buys(binh, product.variants[0].id, post.id);
      equal(order.sellerOrders[0].lines[0], { variant: { sku: 'sen-100' }, quantity: 1, attributedPost: { id: post.id } });
      const live = binh.follows('OrderChanged', { id: order.id });
      await live.sees('the order as it is', ({ status }) => status === 'OPEN');
      const pay = { idempotencyKey: randomUUID(), orderId: order.id, paymentMethod: { provider: 'test', token: 'ok' } };
      const paid = await binh.does('Pay', pay);
      equal([paid.order.status, paid.order.paymentStatus], ['CONFIRMED', 'PAID']);
      await live.sees('the order paid', ({ status, paymentStatus }) => status === 'CONFIRMED' && paymentStatus === 'PAID');
      await live.close();
      equal(await binh.does('Pay', pay), paid);

      // One is left, and two want it at once.
      const outcomes = await Promise.all([binh, chen].map(async (buyer) => buys(buyer, product.variants[0].id, post.id)));
      equal(
        outcomes.map(({ code }) => code).filter((code) => code !== undefined),
        ['OUT_OF_STOCK'],
      );
      return 'bought and paid once; the order names the post; of the last unit one buyer gets OUT_OF_STOCK';
    },
  },
  chatStep,
  {
    number: 9,
    title: 'Anna blocks Chen: from that answer on she is not there for him',
    async play({ anna, chen, posts }) {
      ok((await chen.home()).length > 0);
      const { conversation } = await startsWith(anna, chen);
      equal((await saysTo(chen, conversation.id, 'Chào Anna')).message.seq, 1);
      const word = `sen${tail()}`;
      const found = async (): Promise<Answer[]> => (await chen.plays('Search', { query: word, first: 10 })).search.edges;
      await publish(anna, `Trà ${word}`);
      await until('the post in search', 5_000, async () => (await found()).length === 1);
      const live = chen.follows('PostActivity', { postId: posts.get('second') });
      await relation(anna, chen, 'Block');
      equal(await found(), []);
      equal(await chen.home(), []);
      for (const id of [posts.get('public'), posts.get('second'), anna.userId]) equal(await chen.plays('AnyThing', { id }), { node: null });
      equal((await chen.does('Like', { postId: posts.get('public') })).code, 'NOT_FOUND');
      equal((await chen.does('Comment', { idempotencyKey: randomUUID(), postId: posts.get('public'), text: 'hey' })).code, 'NOT_FOUND');
      equal((await relation(chen, anna, 'Follow')).code, 'NOT_FOUND');
      equal((await saysTo(chen, conversation.id, 'hey')).code, 'NOT_ALLOWED');
      equal((await startsWith(chen, anna)).code, 'NOT_FOUND');
      const said = await anna.does('Comment', { idempotencyKey: randomUUID(), postId: posts.get('second'), text: 'not for Chen' });
      await new Promise((resolve) => setTimeout(resolve, 500));
      equal(live.events, []);
      await live.close();
      await anna.does('DeleteComment', { commentId: said.comment.id });
      return 'feed, search, node, live, like, comment and follow: as if she never was; what they wrote to each other takes no more';
    },
  },
  {
    number: 10,
    title: 'Everything stopped and started again: all of it is still there',
    async play({ anna, binh, posts, chats, restart }) {
      if (restart === null) return 'passed over: this Plaza is not ours to stop';
      const before = await binh.home();
      const { edges } = (await binh.plays('Chats')).me.conversations;
      await restart();
      equal(await binh.home(), before);
      equal((await binh.plays('Chats')).me.conversations.edges, edges);
      ok(edges.some(({ node }: Answer) => node.id === chats.get('binh and chen')));
      equal((await anna.plays('AnyThing', { id: posts.get('followers') })).node.id, posts.get('followers'));
      return `${before.length} posts in Binh’s feed and his chats before and after, tokens still good`;
    },
  },
  {
    number: 11,
    title: 'All of it is taken back: unlike, delete comment, unblock, unfollow, delete and restore',
    async play({ anna, binh, chen, posts }) {
      const postId = posts.get('second');
      await relation(anna, chen, 'Unblock');
      const live = binh.follows('PostActivity', { postId, after: await activityCursor(binh, postId) });
      const unliked = await chen.does('Unlike', { postId });
      equal([unliked.post.likeCount, unliked.post.viewerHasLiked], [0, false]);
      equal((await binh.does('DeleteComment', { commentId: posts.get('reply') })).post.commentCount, 1);
      equal((await chen.does('DeleteComment', { commentId: posts.get('comment') })).post.commentCount, 0);

      await live.sees('the unlike', ({ likeCount }) => likeCount === 0);
      await live.sees('the comment taken back', ({ commentId, commentCount }) => commentId === posts.get('comment') && commentCount === 0);
      await live.close();

      const edit = await anna.does('Edit', { postId, expectedRevision: 1, text: 'Tối nay ăn phở.' });
      equal(edit.post.revision, 2);
      equal(
        edit.post.revisions.edges.map(({ node }: Answer) => node.number),
        [2, 1],
      );
      equal((await anna.does('Edit', { postId, expectedRevision: 1, text: 'late' })).currentRevision, 2);

      ok((await anna.does('DeletePost', { postId })).restorableUntil);
      equal(await binh.plays('AnyThing', { id: postId }), { node: null });
      ok(!(await binh.home()).some(({ id }) => id === postId));
      const found = async (): Promise<boolean> =>
        (await binh.plays('Search', { query: 'phở', first: 50 })).search.edges.some(({ node }: Answer) => node.id === postId);
      equal(await found(), false);
      equal((await anna.does('RestorePost', { postId })).post.id, postId);
      await until('the restored post in the feed', 1_000, async () => (await binh.home()).some(({ id }) => id === postId));

      const left = await relation(binh, anna, 'Unfollow');
      equal(left.user.viewerRelation.isFollowing, false);
      equal(await binh.home(), []);
      return 'counts, feed, search, revisions and live events follow';
    },
  },
];
