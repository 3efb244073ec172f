import { setTimeout as pause } from 'node:timers/promises';
import { postSnapshot, visiblePosts } from '@plaza/calls/contracts/content.calls';
import { STATE_FRESH_MS } from '@plaza/calls/people';
import { newId } from '@plaza/kernel/id';
import { fromTypeId, toTypeId } from '@plaza/kernel/type-id';
import { createDatabases, type TestDatabases } from '@plaza/testing/databases';
import { type Audience, type AuthorState, canSeePost, canSeeUser } from '@plaza/visibility/can-see';
import { type Relation, STRANGERS } from '@plaza/visibility/relation';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, codesOf, type ContentUnderTest, openContent, type Person } from './content-under-test.js';

let databases: TestDatabases<'content'>;
let content: ContentUnderTest;

beforeAll(async () => {
  databases = await createDatabases(['content']);
  content = await openContent(databases.urls.content);
});
afterAll(async () => {
  await content.close();
  await databases.drop();
});

const AUDIENCES: readonly Audience[] = ['PUBLIC', 'FOLLOWERS', 'MUTUALS', 'ONLY_ME'];
const STATES: readonly AuthorState[] = ['ACTIVE', 'DEACTIVATED', 'SUSPENDED', 'ERASED'];
const VIEWERS: Readonly<Record<string, Partial<Relation> | 'guest' | 'author'>> = {
  'a guest': 'guest',
  'the author': 'author',
  'a stranger': {},
  'a follower': { isFollowing: true },
  'one whom the author follows': { isFollowedBy: true },
  'a mutual follower': { isFollowing: true, isFollowedBy: true },
  'one who blocks the author': { blocks: true },
  'one whom the author blocks': { isBlockedBy: true },
  'a mutual follower with a block left over': { isFollowing: true, isFollowedBy: true, isBlockedBy: true },
  'a follower who mutes the author': { isFollowing: true, mutes: true },
};

const pathsQuery = `query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename
  ... on Post { id } ... on Media { id } } }`;
const listQuery = `query ($id: ID!) { _entities(representations: [{ __typename: "User", id: $id }]) { ... on User { id posts(first: 10) { edges { node { id } } pageInfo { hasNextPage endCursor } } } } }`;

interface Work {
  readonly author: Person;
  readonly posts: Readonly<Record<Audience, { readonly id: string; readonly media: string }>>;
}

async function workOf(author: Person): Promise<Work> {
  const posts: [Audience, { id: string; media: string }][] = [];
  for (const audience of AUDIENCES) {
    const media = await content.photo(author);
    posts.push([audience, { id: await content.post(author, { audience, media: [{ mediaId: media }] }), media }]);
  }
  return { author, posts: Object.fromEntries(posts) as Work['posts'] };
}

describe('the matrix: 10 viewers × 4 states of the author × 4 audiences × every way in', () => {
  const works = new Map<AuthorState, Work>();

  beforeAll(async () => {
    for (const state of STATES) works.set(state, await workOf(content.person()));
    for (const [state, { author }] of works) content.world.states.set(author.id, state);
    await pause(STATE_FRESH_MS + 50);
  });

  it.each(STATES.flatMap((state) => Object.keys(VIEWERS).map((name) => [name, state] as const)))(
    '%s before an author who is %s',
    async (name, authorState) => {
      const { author, posts } = works.get(authorState)!;
      const kind = VIEWERS[name]!;
      const viewer = kind === 'guest' ? null : kind === 'author' ? author : content.person();
      if (viewer !== null && typeof kind === 'object') content.relate(viewer, author, kind);
      const relation = typeof kind === 'object' ? { ...STRANGERS, ...kind } : STRANGERS;
      const sight = { viewerId: viewer?.id ?? null, authorId: author.id, authorState, relation };
      const expected = AUDIENCES.filter((audience) => canSeePost(sight, audience));

      for (const audience of AUDIENCES) {
        const { id, media } = posts[audience];
        // The author always has their media, as long as they are there.
        const [post, photo] = [expected.includes(audience), expected.includes(audience) || (viewer === author && canSeeUser(sight))];
        const answer = await content.ask(viewer, pathsQuery, {
          representations: [
            { __typename: 'Post', id },
            { __typename: 'Post', ref: id },
            { __typename: 'Media', id: media },
            { __typename: 'Media', ref: media },
          ],
        });
        expect([audience, answer]).toEqual([
          audience,
          {
            data: {
              _entities: [
                post ? { __typename: 'Post', id } : null,
                post ? { __typename: 'Post', id } : null,
                photo ? { __typename: 'Media', id: media } : null,
                photo ? { __typename: 'Media', id: media } : null,
              ],
            },
            errors: [],
          },
        ]);
        if (viewer !== null && viewer !== author) {
          const [edit, remove] = [
            at(await content.edit(viewer, id, 1, { text: 'x' }), 'editPost.__typename'),
            at(await content.delete(viewer, id), 'deletePost.__typename'),
          ];
          expect([audience, edit, remove]).toEqual([
            audience,
            ...(post ? ['NotAllowedError', 'NotAllowedError'] : ['NotFoundError', 'NotFoundError']),
          ]);
        }
      }

      const ids = AUDIENCES.map((audience) => posts[audience].id);
      const called = await content.call(viewer, visiblePosts, { postIds: ids.map((id) => fromTypeId('post', id)!) });
      expect(called.posts.map(({ audience }) => audience).toSorted()).toEqual(expected.toSorted());
      const list = at<{ edges: { node: { id: string } }[] } | null>(
        await content.ask(viewer, listQuery, { id: author.userId }),
        '_entities.0.posts',
      );
      const newestFirst = AUDIENCES.toReversed().filter((audience) => expected.includes(audience));
      expect(list?.edges.map(({ node }) => node.id) ?? null).toEqual(
        canSeeUser(sight) ? newestFirst.map((audience) => posts[audience].id) : null,
      );
    },
  );
});

describe('what is hidden', () => {
  it('answers in the bytes of what never was', async () => {
    const [anna, binh] = [content.person(), content.person()];
    const hidden = await content.post(anna, { audience: 'FOLLOWERS' });
    const photo = await content.photo(anna);
    const never = toTypeId('post', newId());
    for (const selection of [
      '__typename',
      'id',
      'text',
      'gate',
      '__typename id ref gate text entities { start } media { id } products { id } author { id } revisions(first: 1) { edges { cursor } }',
    ]) {
      for (const key of ['id', 'ref']) {
        const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Post { ${selection} } } }`;
        const ask = async (id: string) => JSON.stringify(await content.ask(binh, query, { r: [{ __typename: 'Post', [key]: id }] }));
        expect(await ask(hidden)).toBe(await ask(never));
        for (const malformed of ['post_!', '', 'x', hidden.toUpperCase(), `${hidden} `, anna.userId])
          expect(await ask(malformed)).toBe(await ask(never));
      }
    }
    const media = async (id: string) => JSON.stringify(await content.references(binh, { __typename: 'Media', ref: id }));
    expect(await media(photo)).toBe(await media(toTypeId('media', newId())));
    // A subgraph that shows it in a place of its own hands it over with a pass, which is good for one viewer.
    const [pass, others] = [content.passes.mint(photo, binh.id), content.passes.mint(photo, anna.id)];
    expect(await content.references(binh, { __typename: 'Media', pass })).toEqual([
      expect.objectContaining({ id: photo, url: expect.any(String) }),
    ]);
    for (const forged of [others, photo, `${photo}.`, '', `${toTypeId('media', newId())}.${pass.split('.')[1]}`])
      expect(await content.references(binh, { __typename: 'Media', pass: forged })).toEqual([null]);
    expect(await content.references(null, { __typename: 'Media', pass })).toEqual([null]);
  });

  it('is not there for somebody whom accounts does not know', async () => {
    const nobody = { id: newId(), handle: 'x', userId: '' };
    expect(at(await content.ask(null, listQuery, { id: toTypeId('user', nobody.id) }), '_entities.0.posts')).toBeNull();
    expect(at(await content.ask(null, listQuery, { id: 'user_!' }), '_entities')).toEqual([null]);
  });

  it('is hidden from the answer of a block on', async () => {
    const [anna, chen] = [content.person(), content.person()];
    const id = await content.post(anna);
    expect(await content.references(chen, { __typename: 'Post', id })).toEqual([expect.objectContaining({ id })]);
    content.block(anna, chen);
    expect(await content.references(chen, { __typename: 'Post', id })).toEqual([null]);
  });

  it('is unavailable, not empty, while nobody can say how the two stand', async () => {
    const [anna, binh] = [content.person(), content.person()];
    const id = await content.post(anna);
    content.world.down.add('social');
    const answer = await content.ask(binh, `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Post { text } } }`, {
      r: [{ __typename: 'Post', id }],
    });
    const guest = await content.references(null, { __typename: 'Post', id });
    content.world.down.clear();
    expect([at(answer, '_entities'), codesOf(answer)]).toEqual([[null], ['UNAVAILABLE']]);
    expect(guest).toEqual([expect.objectContaining({ id })]);
  });
});

describe('the gate', () => {
  it('comes with a visible post, for its viewer alone', async () => {
    const [anna, binh] = [content.person(), content.person()];
    const id = await content.post(anna);
    const gateOf = async (as: Person | null) => String((await content.references(as, { __typename: 'Post', id }))[0]!['gate']);
    const uuid = fromTypeId('post', id)!;
    for (const as of [anna, binh, null]) {
      const opened = [anna, binh, null].map(async (other) => content.gates.opens(await gateOf(as), uuid, other?.id ?? null));
      expect(await Promise.all(opened)).toEqual([anna, binh, null].map((other) => other === as));
    }
  });
});

describe('products of a post', () => {
  const query = `query ($id: ID!) { _entities(representations: [{ __typename: "Post", id: $id }]) { ... on Post { text products { id } } } }`;

  it('are dropped when they are gone, and null while the shop is away', async () => {
    const anna = content.person();
    const [one, two] = [content.product(), content.product()];
    const id = await content.post(anna, { productIds: [two, one] });
    expect(at(await content.ask(null, query, { id }), '_entities.0.products')).toEqual([{ id: two }, { id: one }]);
    content.world.products.delete(fromTypeId('product', two)!);
    expect(at(await content.ask(null, query, { id }), '_entities.0.products')).toEqual([{ id: one }]);
    content.world.down.add('commerce');
    const away = await content.ask(null, query, { id });
    content.world.down.clear();
    expect([at(away, '_entities.0'), codesOf(away)]).toEqual([{ text: 'Hello.', products: null }, ['UNAVAILABLE']]);
  });

  it('ask nobody when there are none', async () => {
    const id = await content.post(content.person());
    content.world.down.add('commerce');
    const answer = await content.ask(null, query, { id });
    content.world.down.clear();
    expect(at(answer, '_entities.0.products')).toEqual([]);
  });
});

describe('a hashtag', () => {
  it('is one subject however it is written', async () => {
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Hashtag { name } } }`;
    const names = ['Hoànghôn', 'HOÀNGHÔN'.normalize('NFD'), '美食', '123', '', 'a b'];
    const answer = await content.ask(null, query, { r: names.map((name) => ({ __typename: 'Hashtag', name })) });
    expect(at(answer, '_entities')).toEqual([{ name: 'hoànghôn' }, { name: 'hoànghôn' }, { name: '美食' }, null, null, null]);
  });
});

describe('the snapshot', () => {
  it('pages through every post that is not deleted, by id', async () => {
    const anna = content.person();
    const ids = [];
    for (let index = 0; index < 5; index += 1) ids.push(await content.post(anna, { audience: AUDIENCES[index % 4] }));
    await content.delete(anna, ids[1]!);
    const seen: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const page: { posts: readonly { postId: string }[]; nextAfter: string | null } = await content.call(
        null,
        postSnapshot,
        { after, limit: 2 },
        'feed',
      );
      seen.push(...page.posts.map(({ postId }) => postId));
      [after, more] = [page.nextAfter, page.nextAfter !== null];
    }
    expect(seen).toEqual(seen.toSorted());
    expect(new Set(seen).size).toBe(seen.length);
    expect(ids.map((id) => seen.includes(fromTypeId('post', id)!))).toEqual([true, false, true, true, true]);
  });
});
