import { countingStatements } from '@plaza/db/statements';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, codesOf, NO_USER, NOBODY, nodeIds, openSocial, type SocialUnderTest } from './social-under-test.js';

let plaza: SocialUnderTest;
beforeAll(async () => {
  plaza = await openSocial();
});
afterAll(() => plaza.close());

interface Paged {
  readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
}

const RELATION = 'viewerRelation { isFollowing isFollowedBy isMutual followRequested isBlocking isMuting mutedUntil }';
const nothing = {
  isFollowing: false,
  isFollowedBy: false,
  isMutual: false,
  followRequested: false,
  isBlocking: false,
  isMuting: false,
  mutedUntil: null,
};

describe('following', () => {
  it('shows in the answer itself, once however often it is asked', async () => {
    const [anna, binh] = [plaza.person(), plaza.person()];
    for (const _time of ['first', 'again']) {
      expect(await plaza.does(binh, 'follow', { userId: anna.id }, `user { id ${RELATION} followerCount }`)).toEqual({
        __typename: 'FollowOk',
        user: { id: anna.id, followerCount: 1, viewerRelation: { ...nothing, isFollowing: true } },
      });
    }
    expect(await plaza.seeUser(anna, binh, `followingCount ${RELATION}`)).toMatchObject({
      followingCount: 1,
      viewerRelation: { isFollowedBy: true },
    });
    expect(await plaza.events(binh)).toEqual(['follow.created']);
  });

  it('is mutual when it goes both ways', async () => {
    const [anna, binh] = [plaza.person(), plaza.person()];
    await plaza.follows(anna, binh);
    expect(await plaza.does(binh, 'follow', { userId: anna.id }, `user { ${RELATION} }`)).toMatchObject({
      user: { viewerRelation: { isMutual: true } },
    });
  });

  it('again changes the options, and only a change is told', async () => {
    const [anna, binh] = [plaza.person(), plaza.person()];
    await plaza.follows(binh, anna);
    const options = { userId: anna.id, reposts: false, languages: ['vi', 'vi'] };
    await plaza.does(binh, 'follow', options);
    await plaza.does(binh, 'follow', options);

    expect(await plaza.events(binh)).toEqual(['follow.created', 'follow.changed']);
    const [event] = await plaza.sql<{ payload: unknown }>`SELECT payload FROM outbox WHERE key = ${binh.uuid} AND type = 'follow.changed'`;
    expect(event?.payload).toMatchObject({ followerId: binh.uuid, followeeId: anna.uuid, reposts: false, languages: ['vi'] });
  });

  it('ends by unfollowing or by removing the follower, and where there is nothing nothing happens', async () => {
    const [anna, binh, chen] = [plaza.person(), plaza.person(), plaza.person()];
    await plaza.follows(binh, anna);
    await plaza.follows(chen, anna);
    expect(await plaza.does(binh, 'unfollow', { userId: anna.id }, `user { ${RELATION} followerCount }`)).toEqual({
      __typename: 'UnfollowOk',
      user: { viewerRelation: nothing, followerCount: 1 },
    });
    await plaza.does(anna, 'removeFollower', { userId: chen.id });
    await plaza.does(anna, 'removeFollower', { userId: chen.id });
    await plaza.does(binh, 'unfollow', { userId: anna.id });

    expect(await plaza.seeUser(null, anna, 'followerCount')).toMatchObject({ followerCount: 0 });
    expect(await plaza.events(chen)).toEqual(['follow.created', 'follow.removed']);
    expect(await plaza.seeUser(chen, anna, RELATION)).toMatchObject({ viewerRelation: { isBlocking: false } });
  });

  it('refuses oneself by name', async () => {
    const anna = plaza.person();
    for (const mutation of ['follow', 'block', 'mute']) {
      expect(await plaza.does(anna, mutation, { userId: anna.id })).toMatchObject({
        __typename: 'ValidationError',
        fields: [{ path: 'userId' }],
      });
    }
  });

  it('checks languages', async () => {
    const [anna, binh] = [plaza.person(), plaza.person()];
    expect(await plaza.does(binh, 'follow', { userId: anna.id, languages: ['vi', 'not a language', ''] })).toMatchObject({
      fields: [{ path: 'languages.1' }, { path: 'languages.2' }],
    });
    expect(await plaza.does(binh, 'follow', { userId: anna.id, languages: Array.from({ length: 21 }, () => 'vi') })).toMatchObject({
      fields: [{ path: 'languages' }],
    });
    expect(await plaza.events(binh)).toEqual([]);
  });

  it('needs a viewer', async () => {
    const answer = await plaza.ask(null, 'mutation ($id: ID!) { follow(input: { userId: $id }) { __typename } }', {
      id: plaza.person().id,
    });
    expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
  });
});

describe('whoever is missing', () => {
  it('is missing in the same bytes for every reason and every change', async () => {
    const [viewer, blocker, away, suspended, erased] = [plaza.person(), plaza.person(), plaza.person(), plaza.person(), plaza.person()];
    await plaza.blocks(blocker, viewer);
    await plaza.setState(away, 'DEACTIVATED');
    await plaza.setState(suspended, 'SUSPENDED');
    await plaza.setState(erased, 'ERASED');
    const missing = [blocker.id, away.id, suspended.id, erased.id, NOBODY.id, 'user_nonsense', 'post_01h455vb4pex5vsknk084sn02q', ''];
    for (const mutation of ['follow', 'unfollow', 'removeFollower', 'cancelFollowRequest', 'block', 'unblock', 'mute', 'unmute']) {
      for (const userId of missing) expect(await plaza.does(viewer, mutation, { userId })).toEqual(NO_USER);
    }
    // Visibility is decided before the input is looked at.
    expect(await plaza.does(viewer, 'follow', { userId: blocker.id, languages: ['?'] })).toEqual(NO_USER);
    expect(await plaza.does(viewer, 'mute', { userId: blocker.id, durationSeconds: -1 })).toEqual(NO_USER);
    for (const mutation of ['acceptFollowRequest', 'rejectFollowRequest']) {
      for (const userId of missing) {
        expect(await plaza.does(viewer, mutation, { userId })).toEqual({ ...NO_USER, message: 'There is no such follow request.' });
      }
    }
  });

  it('has nothing to show', async () => {
    const [viewer, blocker] = [plaza.person(), plaza.person()];
    await plaza.follows(plaza.person(), blocker);
    await plaza.blocks(blocker, viewer);
    const fields = `followerCount followingCount followers { edges { node { id } } } following { edges { node { id } } } ${RELATION}`;
    const empty = { __typename: 'User', followerCount: null, followingCount: null, followers: null, following: null, viewerRelation: null };

    expect(await plaza.seeUser(viewer, blocker, fields)).toEqual(empty);
    expect(await plaza.seeUser(viewer, NOBODY, fields)).toEqual(empty);
    expect(await plaza.entities(viewer, [{ __typename: 'User', id: 'user_x' }], `... on User { id }`)).toEqual([null]);
    expect(await plaza.seeUser(null, blocker, 'followerCount')).toMatchObject({ followerCount: 1 });
  });

  it('needs accounts to be told, and says so', async () => {
    const [viewer, stranger] = [plaza.person(), plaza.person()];
    plaza.away.add('accounts');
    const answer = await plaza.ask(viewer, 'mutation ($id: ID!) { follow(input: { userId: $id }) { __typename } }', { id: stranger.id });
    plaza.away.clear();
    expect(codesOf(answer)).toEqual(['UNAVAILABLE']);
  });
});

describe('requests', () => {
  it('are asked of the locked, and count only when accepted', async () => {
    const [anna, binh] = [plaza.person({ isLocked: true }), plaza.person()];
    for (const _time of ['first', 'again']) {
      expect(await plaza.does(binh, 'follow', { userId: anna.id, reposts: false }, `user { followerCount ${RELATION} }`)).toMatchObject({
        user: { followerCount: 0, viewerRelation: { ...nothing, followRequested: true } },
      });
    }
    const waiting = await plaza.me(anna, 'followRequests { edges { node { id } } }');
    expect(nodeIds(at(waiting, '_entities.0.followRequests'))).toEqual([binh.id]);

    for (const _time of ['first', 'again']) {
      expect(await plaza.does(anna, 'acceptFollowRequest', { userId: binh.id }, 'user { id }')).toMatchObject({ user: { id: binh.id } });
    }
    expect(await plaza.seeUser(binh, anna, `followerCount ${RELATION}`)).toMatchObject({
      followerCount: 1,
      viewerRelation: { isFollowing: true, followRequested: false },
    });
    expect(await plaza.events(binh)).toEqual(['followRequest.created', 'followRequest.closed', 'follow.created']);
    const [event] = await plaza.sql<{ payload: unknown }>`SELECT payload FROM outbox WHERE key = ${binh.uuid} AND type = 'follow.created'`;
    expect(event?.payload).toMatchObject({ reposts: false });
  });

  it('can be taken back and turned down', async () => {
    const [anna, binh, chen] = [plaza.person({ isLocked: true }), plaza.person(), plaza.person()];
    await plaza.follows(binh, anna);
    await plaza.follows(chen, anna);
    expect(await plaza.does(binh, 'cancelFollowRequest', { userId: anna.id }, `user { ${RELATION} }`)).toMatchObject({
      user: { viewerRelation: nothing },
    });
    await plaza.does(anna, 'rejectFollowRequest', { userId: chen.id });

    expect(await plaza.seeUser(chen, anna, RELATION)).toMatchObject({ viewerRelation: nothing });
    expect(await plaza.does(anna, 'acceptFollowRequest', { userId: chen.id })).toMatchObject({ __typename: 'NotFoundError' });
    expect(await plaza.events(chen)).toEqual(['followRequest.created', 'followRequest.closed']);
    expect(await plaza.seeUser(null, anna, 'followerCount')).toMatchObject({ followerCount: 0 });
  });

  it('become a follow once the one asked is locked no longer', async () => {
    const [anna, binh] = [plaza.person({ isLocked: true }), plaza.person()];
    await plaza.follows(binh, anna);
    plaza.setLocked(anna, false);
    await plaza.follows(binh, anna);
    expect(await plaza.seeUser(binh, anna, RELATION)).toMatchObject({ viewerRelation: { isFollowing: true, followRequested: false } });
  });
});

describe('lists of people', () => {
  it('are paged newest first, without the hidden, and stay full', async () => {
    const anna = plaza.person();
    const followers = plaza.people(12);
    for (const follower of followers) await plaza.follows(follower, anna);
    const viewer = plaza.person();
    const [a, b, c, d] = followers;
    if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error('twelve followed');
    await plaza.blocks(viewer, a);
    await plaza.blocks(b, viewer);
    await plaza.setState(c, 'SUSPENDED');
    const expected = followers
      .slice(3)
      .map(({ id }) => id)
      .toReversed();

    const seen: string[] = [];
    let after: string | null = null;
    for (let page = 0; page < 5; page += 1) {
      const [user]: readonly { followers: Paged }[] = await plaza.entities(
        viewer,
        [{ __typename: 'User', id: anna.id }],
        `... on User { followers(first: 4${after === null ? '' : `, after: "${after}"`}) { edges { cursor node { id } } pageInfo { endCursor hasNextPage } } }`,
      );
      const connection: Paged | undefined = user?.followers;
      seen.push(...nodeIds(connection));
      if (page < 2) expect(nodeIds(connection)).toHaveLength(4);
      if (connection?.pageInfo.hasNextPage !== true) break;
      after = connection.pageInfo.endCursor;
    }
    expect(seen).toEqual(expected);
    expect(await plaza.seeUser(viewer, anna, 'followerCount')).toMatchObject({ followerCount: 12 });
    expect(nodeIds((await plaza.seeUser(viewer, d, 'following { edges { node { id } } }'))['following'])).toEqual([anna.id]);
  });

  it('stay full past a hundred hidden ones', async () => {
    const anna = plaza.person();
    const [first, ...rest] = plaza.people(130);
    if (first === undefined) throw new Error('somebody was made');
    await plaza.follows(first, anna);
    await plaza.sql`
      INSERT INTO follow (id, follower_id, followee_id, languages)
      SELECT gen_random_uuid(), id, ${anna.uuid}, '{}' FROM unnest(${rest.map(({ uuid }) => uuid)}::uuid[]) AS id`;
    const viewer = plaza.person();
    await plaza.sql`
      INSERT INTO block (id, blocker_id, blocked_id)
      SELECT gen_random_uuid(), id, ${viewer.uuid} FROM unnest(${rest.map(({ uuid }) => uuid)}::uuid[]) AS id`;
    const { followers } = await plaza.seeUser<{ followers: unknown }>(
      viewer,
      anna,
      'followers(first: 1) { edges { node { id } } pageInfo { hasNextPage } }',
    );
    expect(nodeIds(followers)).toEqual([first.id]);
    expect(followers).toMatchObject({ pageInfo: { hasNextPage: false } });
  });

  it('refuse a size or a cursor that is none', async () => {
    const anna = plaza.person();
    for (const args of ['first: 101', 'first: -1', 'after: "x"']) {
      const answer = await plaza.ask(
        anna,
        `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { followers(${args}) { edges { cursor } } } } }`,
        {
          r: [{ __typename: 'User', id: anna.id }],
        },
      );
      expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
    }
  });
});

describe('known followers', () => {
  it('are whom the viewer follows among a person’s followers, without those who are away', async () => {
    const [viewer, anna] = [plaza.person(), plaza.person()];
    const [one, two, three, stranger] = [plaza.person(), plaza.person(), plaza.person(), plaza.person()];
    for (const follower of [one, two, three, stranger]) await plaza.follows(follower, anna);
    for (const known of [one, two, three]) await plaza.follows(viewer, known);
    await plaza.setState(two, 'DEACTIVATED');

    const { viewerRelation } = await plaza.seeUser<{ viewerRelation: { knownFollowers: { id: string }[] } }>(
      viewer,
      anna,
      'viewerRelation { knownFollowers { id } }',
    );
    expect(viewerRelation.knownFollowers.map(({ id }) => id)).toEqual([three.id, one.id]);
    expect(await plaza.seeUser(null, anna, 'viewerRelation { knownFollowers { id } }')).toMatchObject({ viewerRelation: null });
    expect(await plaza.seeUser(viewer, viewer, 'viewerRelation { isFollowing }')).toMatchObject({ viewerRelation: null });
  });

  it('take two statements with the relation, for one person as for fifty', async () => {
    const viewer = plaza.person();
    const known = plaza.people(3);
    for (const person of known) await plaza.follows(viewer, person);
    const subjects = plaza.people(50);
    for (const person of known) for (const subject of subjects.slice(0, 5)) await plaza.follows(person, subject);
    const count = async (people: typeof subjects): Promise<number> => {
      await plaza.epochOf(viewer);
      const { statements } = await countingStatements(() =>
        plaza.entities(
          viewer,
          people.map(({ id }) => ({ __typename: 'User', id })),
          `... on User { ${RELATION} viewerRelation { knownFollowers(first: 3) { id } } }`,
        ),
      );
      return statements - 1; // the gateway's look at the epoch
    };
    expect(await count(subjects.slice(0, 1))).toBe(2);
    expect(await count(subjects)).toBe(2);
  });
});
