import type { Person } from '@plaza/testing/people';
import type { World } from '@plaza/testing/world';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlaza } from '../world.js';

let world: World;
let anna: Person;
let binh: Person;
let chen: Person;

beforeAll(async () => {
  world = await startPlaza();
  [anna, binh, chen] = await world.people('anna', 'binh', 'chen');
});

afterAll(() => world.stop());

describe('a whole Plaza', () => {
  it('knows who is asking', async () => {
    const { me } = await anna.plays('Me');

    expect(me).toMatchObject({ user: { id: anna.id, handle: anna.handle }, unreadMessageCount: 0, unreadNotificationCount: 0 });
    expect(me.inboxCursor).toEqual(expect.any(String));
  });

  it('brings a post to a follower, with what four subgraphs know of it', async () => {
    await binh.follows(anna);
    await world.settled();
    const post = await anna.publishes('West Lake at six in the morning');
    await binh.likes(post);
    await chen.comments(post, 'Beautiful!');
    await world.settled();
    const [edge] = await binh.home();

    expect(edge).toMatchObject({
      source: { kind: 'FOLLOWED' },
      node: {
        id: post,
        text: 'West Lake at six in the morning',
        author: { handle: anna.handle },
        likeCount: 1,
        commentCount: 1,
        viewerHasLiked: true,
        comments: { edges: [{ node: { text: 'Beautiful!', author: { handle: chen.handle } } }] },
      },
    });
  });

  it('holds a block from its answer on', async () => {
    const [dora, emil] = await world.people('dora', 'emil');
    const post = await dora.publishes('hello');
    expect(await emil.reads(post)).toMatchObject({ text: 'hello' });
    await dora.blocks(emil);

    expect(await emil.reads(post)).toBeNull();
    expect(await emil.reads(dora.id)).toBeNull();
  });

  it('shows a post for followers to nobody else, in the bytes of a post that never was', async () => {
    const post = await anna.publishes('for those who follow', { audience: 'FOLLOWERS' });
    const query = 'query($id: ID!) { node(id: $id) { __typename id ... on Post { text likeCount } } }';
    const never = post.slice(0, -1) + (post.endsWith('0') ? '1' : '0');

    expect(await binh.reads(post)).toMatchObject({ text: 'for those who follow' });
    expect((await chen.graphql(query, { id: post })).body).toBe((await chen.graphql(query, { id: never })).body);
    expect((await world.guest().graphql(query, { id: post })).body).toBe((await world.guest().graphql(query, { id: never })).body);
  });

  it('gives the rest while one subgraph is dead, and all of it once it is back', async () => {
    const post = await anna.publishes('before the outage');
    await world.kill('social');
    const { json } = await anna.graphql('query($id: ID!) { me { user { handle } } node(id: $id) { id ... on Post { text likeCount } } }', {
      id: post,
    });
    expect(json.data).toMatchObject({
      me: { user: { handle: anna.handle } },
      node: { id: post, text: 'before the outage', likeCount: null },
    });
    expect(json.errors).toMatchObject([{ path: ['node', 'likeCount'], extensions: { code: 'UNAVAILABLE' } }]);

    await world.revive('social');
    await world.settled();
    expect(await anna.likes(post)).toMatchObject({ likeCount: 1 });
  });
});
