import { randomUUID } from 'node:crypto';
import { Assertions } from '@plaza/auth/assertion';
import { relationEpochs } from '@plaza/calls/contracts/social.calls';
import { assertionBody } from '@plaza/calls/subgraph-port';
import { newId } from '@plaza/kernel/id';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import { toTypeId } from '@plaza/kernel/type-id';
import { type Answer, type Guest, Person } from '@plaza/testing/people';
import type { World } from '@plaza/testing/world';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlaza } from '../world.js';
import { type Author, type Cast, gather } from './cast.js';
import { AUDIENCES, seesAuthor, seesPost, seesWork, STATES, VIEWERS, type StateKind, type ViewerKind } from './oracle.js';

let world: World;
let cast: Cast;
beforeAll(async () => {
  world = await startPlaza();
  cast = await gather(world);
});
afterAll(() => world.stop());

/** Every way to ask for a post by its id: nothing but its type, its id, a field of each subgraph, and aliases that try to pass for keys and gates. */
const SELECTIONS = [
  '__typename',
  'id',
  '__typename id',
  '... on Post { text }',
  '... on Post { likeCount viewerHasLiked activityCursor }',
  '... on Post { commentCount comments(first: 2) { edges { node { text } } } }',
  '... on Post { repostCount viewerHasReposted viewerHasBookmarked }',
  '... on Post { author { handle } }',
  '... on Post { products { id title } }',
  '... on Post { media { url } entities { start } revisions(first: 1) { edges { node { text } } } }',
  'ref: id',
  '... on Post { gate: id likeCount }',
  '... on Post { id: text gate: text ref: text n: likeCount }',
] as const;
const node = (selection: string) => `query ($id: ID!) { node(id: $id) { ${selection} } }`;

const CELLS = STATES.flatMap((state) => VIEWERS.map((viewer) => ({ state, viewer })));
/** Whoever is not there any more has no session; they are asked for at the subgraphs' own doors only. */
const hasSession = (viewer: ViewerKind, state: StateKind) => viewer !== 'author' || state === 'ACTIVE' || state === 'LOCKED';

function viewerOf(kind: ViewerKind, author: Author): Guest {
  if (kind === 'guest') return cast.guest;
  return kind === 'author' ? author.person : cast.viewers[kind];
}

/** A request at a subgraph's own door, signed as the gateway signs it. */
async function atTheDoorOf(name: SubgraphName, viewer: Guest, query: string, variables: Record<string, unknown>): Promise<Answer> {
  const person = viewer instanceof Person ? viewer : null;
  const epoch = person === null ? 0 : ((await world.ask(relationEpochs, { userIds: [person.uuid] })).epochs[0]?.epoch ?? 0);
  const claims = {
    viewer: person === null ? null : { id: person.uuid, sessionId: newId(), epoch, scopes: [] },
    issuer: 'gateway',
    requestId: newId(),
    address: null,
    userAgent: null,
  };
  const request = { query, variables };
  const assertion = new Assertions(world.ground.secret).mint(claims, name, assertionBody.execute(request));
  const result = await world.ports(name)?.execute(request, assertion);
  return result?.data;
}

const entities = (fields: string) => `query ($representations: [_Any!]!) { _entities(representations: $representations) { ${fields} } }`;

describe.each(CELLS)('a viewer who is $viewer, before an author who is $state', ({ viewer: kind, state }) => {
  const never = toTypeId('post', newId());

  it('reads each post, or what never was, by its id', async () => {
    const author = cast.authors[state];
    const viewer = viewerOf(kind, author);
    if (!hasSession(kind, state)) {
      const { status, json } = await viewer.graphql(node('id'), { id: author.posts.PUBLIC });
      expect([status, json.errors?.[0]?.extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
      return;
    }
    for (const selection of SELECTIONS) {
      const asked = (id: string) => viewer.graphql(node(selection), { id });
      const [missing, answers] = await Promise.all([
        asked(never),
        Promise.all(AUDIENCES.map(async (audience) => [audience, await asked(author.posts[audience])] as const)),
      ]);
      expect(missing.json).toEqual({ data: { node: null } });
      for (const [audience, answer] of answers) {
        if (seesPost(kind, state, audience)) {
          expect(answer.json.errors, answer.body).toBeUndefined();
          expect(answer.json.data.node, `${audience} ${selection}`).not.toBeNull();
        } else expect(answer.body, `${audience} ${selection}`).toBe(missing.body);
      }
    }
  });

  it('finds the same in lists: profile, home feed, bookmarks, comments, followers, mentions', async () => {
    const author = cast.authors[state];
    const viewer = viewerOf(kind, author);
    if (!hasSession(kind, state)) return;
    const visible = AUDIENCES.filter((audience) => seesPost(kind, state, audience)).map((audience) => author.posts[audience]);
    const { json, body } = await viewer.graphql(
      `query ($handle: String!, $eve: String!, $evesPost: ID!) {
        user(handle: $handle) { id posts(first: 100) { edges { node { id } } } followerCount }
        eve: user(handle: $eve) { followers(first: 100) { edges { node { handle } } } }
        node(id: $evesPost) { ... on Post { comments(first: 100) { edges { node { author { handle } } } } entities { ... on MentionEntity { user { handle } } } } }
        me { homeFeed(first: 100) { edges { node { ... on Post { id } } } } bookmarks(first: 100) { edges { node { id } } } }
      }`,
      { handle: author.person.handle, eve: cast.eve.handle, evesPost: cast.evesPost },
    );
    expect(json.errors, body).toBeUndefined();
    const { user, eve, node: evesPost, me } = json.data;
    const all: readonly string[] = Object.values(author.posts);
    const ids = (connection: Answer): string[] =>
      connection.edges.map((edge: Answer) => edge.node.id).filter((id: string) => all.includes(id));

    if (seesAuthor(kind, state)) {
      expect(ids(user.posts).toSorted()).toEqual(visible.toSorted());
      expect(user.followerCount).toBe(3);
    } else expect(user).toBeNull();

    const handles: string[] = eve.followers.edges.map((edge: Answer) => edge.node.handle);
    expect(handles.includes(author.person.handle)).toBe(seesWork(kind, state));
    const commenters: string[] = evesPost.comments.edges.map((edge: Answer) => edge.node.author.handle);
    expect(commenters.includes(author.person.handle)).toBe(seesWork(kind, state) && kind !== 'muter');
    const mentioned: string[] = evesPost.entities.map((entity: Answer) => entity.user?.handle);
    expect(mentioned.includes(author.person.handle)).toBe(seesWork(kind, state));

    if (kind === 'guest') expect(me).toBeNull();
    else {
      const follows = kind === 'follower' || kind === 'mutual' || kind === 'author';
      // All follow Eve, who reposted the public post.
      const fed = kind === 'muter' ? [] : follows ? visible : visible.filter((id) => id === author.posts.PUBLIC);
      expect(ids(me.homeFeed).toSorted()).toEqual(fed.toSorted());
      const kept =
        kind === 'author'
          ? []
          : [
              author.posts.PUBLIC,
              ...(kind === 'mutual' ? [author.posts.MUTUALS] : []),
              ...(kind === 'follower' ? [author.posts.FOLLOWERS] : []),
            ];
      expect(ids(me.bookmarks).toSorted()).toEqual(kept.filter((id) => visible.includes(id)).toSorted());
    }
  });

  it('cannot touch what is hidden, and is told what is told of what never was', async () => {
    const author = cast.authors[state];
    const viewer = viewerOf(kind, author);
    if (kind === 'guest' || !hasSession(kind, state)) return;
    const key = randomUUID();
    const touches = (id: string): readonly (readonly [string, Record<string, unknown>])[] => [
      ['likePost', { postId: id }],
      ['unlikePost', { postId: id }],
      ['repost', { postId: id }],
      ['undoRepost', { postId: id }],
      ['bookmarkPost', { postId: id }],
      ['addComment', { idempotencyKey: key, postId: id, text: 'hello?' }],
      ['editPost', { postId: id, expectedRevision: 1, text: 'mine' }],
      ['deletePost', { postId: id }],
      ['restorePost', { postId: id }],
    ];
    const touch = async ([mutation, input]: readonly [string, Record<string, unknown>]) => {
      const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input!`;
      const text = `mutation ($input: ${type}) { ${mutation}(input: $input) { __typename ... on UserError { code message } } }`;
      return (await viewer.graphql(text, { input })).body;
    };
    const missing = await Promise.all(touches(never).map(touch));
    for (const answer of missing) expect(answer).toContain('"code":"NOT_FOUND"');
    for (const audience of AUDIENCES.filter((one) => !seesPost(kind, state, one))) {
      expect(await Promise.all(touches(author.posts[audience]).map(touch)), audience).toEqual(missing);
      const comment = await viewer.graphql(node('id ... on Comment { text }'), { id: author.comments[audience] });
      expect(comment.json).toEqual({ data: { node: null } });
    }
  });

  it('gets no more from the subgraphs’ own doors', async () => {
    const author = cast.authors[state];
    const viewer = viewerOf(kind, author);
    const posts = AUDIENCES.map((audience) => author.posts[audience]);
    const expected = AUDIENCES.map((audience) => seesPost(kind, state, audience));

    const byId = await atTheDoorOf('content', viewer, entities('... on Post { id gate text }'), {
      representations: posts.map((id) => ({ __typename: 'Post', id })),
    });
    const byRef = await atTheDoorOf('content', viewer, entities('... on Post { id ref text }'), {
      representations: posts.map((ref) => ({ __typename: 'Post', ref })),
    });
    expect(byId._entities.map((one: Answer) => one !== null)).toEqual(expected);
    expect(byRef._entities.map((one: Answer) => one !== null)).toEqual(expected);

    // A gate is good for the viewer who got it and for nobody else.
    const theirs = await atTheDoorOf('content', cast.eve, entities('... on Post { id gate }'), {
      representations: posts.map((id) => ({ __typename: 'Post', id })),
    });
    const gates: readonly (string | null)[] = theirs._entities.map((one: Answer) => one?.gate ?? 'forged');
    const borrowed = await atTheDoorOf(
      'social',
      viewer,
      entities('... on Post { likeCount commentCount viewerHasLiked comments(first: 1) { edges { node { id } } } }'),
      {
        representations: posts.map((id, index) => ({ __typename: 'Post', id, gate: gates[index] })),
      },
    );
    for (const one of borrowed._entities) {
      if (one !== null) expect(Object.values(one).every((value) => value === null)).toBe(true);
    }
    const own = await atTheDoorOf('social', viewer, entities('... on Post { likeCount }'), {
      representations: byId._entities.filter(Boolean).map((one: Answer) => ({ __typename: 'Post', id: one.id, gate: one.gate })),
    });
    for (const one of own._entities) expect(one.likeCount).toBeTypeOf('number');

    const comments = await atTheDoorOf('social', viewer, entities('... on Comment { id text }'), {
      representations: AUDIENCES.map((audience) => ({ __typename: 'Comment', id: author.comments[audience] })),
    });
    expect(comments._entities.map((one: Answer) => one !== null)).toEqual(expected);

    const id = author.person.id;
    const [user] = (
      await atTheDoorOf('accounts', viewer, entities('... on User { handle }'), { representations: [{ __typename: 'User', id }] })
    )._entities;
    expect(user !== null).toBe(seesAuthor(kind, state));
    const [counts] = (
      await atTheDoorOf('social', viewer, entities('... on User { followerCount viewerRelation { isFollowing } }'), {
        representations: [{ __typename: 'User', id }],
      })
    )._entities;
    expect(counts?.followerCount ?? null).toBe(seesAuthor(kind, state) ? 3 : null);
    const [profile] = (
      await atTheDoorOf('content', viewer, entities('... on User { posts(first: 100) { edges { node { id } } } }'), {
        representations: [{ __typename: 'User', id }],
      })
    )._entities;
    const listed: string[] = (profile?.posts?.edges ?? []).map((edge: Answer) => edge.node.id);
    expect(listed.toSorted()).toEqual(posts.filter((_id, index) => expected[index]).toSorted());

    // Another person's Viewer is nobody's.
    const viewerId = toTypeId('viewer', author.person.uuid);
    for (const [name, field] of [
      ['feed', 'homeFeed(first: 5) { edges { cursor } }'],
      ['social', 'bookmarks(first: 5) { edges { cursor } }'],
      ['accounts', 'email'],
    ] as const) {
      const [other] = (
        await atTheDoorOf(name, cast.guest, entities(`... on Viewer { ${field} }`), {
          representations: [{ __typename: 'Viewer', id: viewerId }],
        })
      )._entities;
      expect(Object.values(other ?? {}).every((value) => value === null)).toBe(true);
    }
  });
});
