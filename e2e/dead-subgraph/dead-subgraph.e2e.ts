import { doorBus } from '@plaza/events/door-bus';
import { newId } from '@plaza/kernel/id';
import { SUBGRAPH_NAMES } from '@plaza/kernel/subgraph-name';
import type { Person } from '@plaza/testing/people';
import type { World } from '@plaza/testing/world';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startPlaza } from '../world.js';

const HOME = `query {
  me {
    email unreadMessageCount
    homeFeed(first: 5) { edges { node { ... on Post {
      id text author { handle } likeCount comments(first: 2) { edges { node { text } } } products { title }
    } } } }
  }
}`;

let world: World;
let anna: Person;
let binh: Person;
beforeAll(async () => {
  world = await startPlaza();
  [anna, binh] = await world.people('anna', 'binh');
  await binh.follows(anna);
  const postId = await anna.publishes('still there');
  await anna.publishes('only for followers', { audience: 'FOLLOWERS', productIds: [await sell('Nón lá')] });
  await anna.comments(postId, 'a comment');
  await world.settled();
});
afterAll(() => world.stop());

/** A product of Anna's on sale. */
async function sell(title: string): Promise<string> {
  const { shop } = await anna.does('OpenShop', { idempotencyKey: newId(), name: 'Anna' });
  const variants = [{ sku: 'ONE', title, price: { amountMinor: '90000', currencyCode: 'VND' }, stock: 3 }];
  const { product } = await anna.does('CreateProduct', { idempotencyKey: newId(), shopId: shop.id, title, variants });
  return product.id;
}

const look = async () => binh.graphql(HOME);

// By a hand on the way of events in this process.
describe.skipIf(process.env['PLAZA_E2E'] === 'processes')('while events do not come', () => {
  it('shows what was there, and says which places stand still', async () => {
    const { json: before } = await look();
    const behind = vi.spyOn(doorBus, 'isBehind').mockReturnValue(true);
    try {
      const { body } = await look();
      expect(JSON.parse(body)).toEqual({ data: before.data, extensions: { stale: ['me.homeFeed'] } });
    } finally {
      behind.mockRestore();
    }
  });
});

describe('with one subgraph dead', () => {
  it('answers all of Home while all are well', async () => {
    const { json, body } = await look();
    expect(json.errors, body).toBeUndefined();
    const [newest, oldest] = json.data.me.homeFeed.edges;
    expect(newest.node).toMatchObject({
      text: 'only for followers',
      author: { handle: anna.handle },
      likeCount: 0,
      products: [{ title: 'Nón lá' }],
    });
    expect(oldest.node).toMatchObject({ text: 'still there', comments: { edges: [{ node: { text: 'a comment' } }] } });
  });

  it.each(SUBGRAPH_NAMES)('still gives the rest of Home without %s, and says what is missing and nothing else', async (name) => {
    const whole = (await look()).json.data.me;
    await world.kill(name);
    try {
      const { json, body } = await look();
      expect(json.errors?.length, body).toBeGreaterThan(0);
      expect(new Set(json.errors?.map(({ extensions }) => extensions.code))).toEqual(new Set(['UNAVAILABLE']));
      for (const { path } of json.errors ?? []) expect(path?.[0]).toBe('me');
      expect(body).not.toMatch(/ECONN|127\.0\.0\.1|\.invalid|stack|node_modules|\bat /);

      const { me } = json.data;
      if (name === 'feed' || name === 'content') {
        expect(me.homeFeed).toBeNull();
      } else {
        expect(me.homeFeed.edges.map(({ node }: { node: { text: string } }) => node.text)).toEqual(['only for followers', 'still there']);
        for (const [index, { node }] of me.homeFeed.edges.entries()) {
          const { node: before } = whole.homeFeed.edges[index];
          expect(node.author).toEqual(name === 'accounts' ? null : before.author);
          expect(node.likeCount).toEqual(name === 'social' ? null : before.likeCount);
          expect(node.comments).toEqual(name === 'social' ? null : before.comments);
          expect(node.products).toEqual(name === 'commerce' && before.products.length > 0 ? null : before.products);
        }
      }
      if (name === 'accounts') expect(me.email).toBeNull();
      else expect(me.email).toBe(binh.email);
      expect(me.unreadMessageCount).toBe(name === 'messaging' ? null : 0);
    } finally {
      await world.revive(name);
    }
    expect((await look()).json).toEqual({ data: { me: whole } });
  });
});

describe('with social dead', () => {
  const POST = `query ($id: ID!) { node(id: $id) { ... on Post { text } } }`;

  it('still hides what a block has just hidden from somebody whose relations were known', async () => {
    const [chi, dung] = await world.people('chi', 'dung');
    const id = await chi.publishes('before the block');
    const asked = async (): Promise<unknown> => {
      const { json } = await dung.graphql(POST, { id });
      return [json.data?.node ?? null, json.errors?.map(({ extensions }) => extensions.code)];
    };
    expect(await asked()).toEqual([{ text: 'before the block' }, undefined]);
    await chi.blocks(dung);
    await world.kill('social');
    try {
      expect(await asked()).toEqual([null, ['UNAVAILABLE']]);
    } finally {
      await world.revive('social');
    }
    expect(await asked()).toEqual([null, undefined]);
  });
});
