import { relations } from '@plaza/calls/contracts/social.calls';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { at, NO_USER, NO_POST, nodeIds, openSocial, type SocialUnderTest } from './social-under-test.js';

let plaza: SocialUnderTest;
beforeAll(async () => {
  plaza = await openSocial();
});
afterAll(() => plaza.close());

const texts = (comments: unknown): readonly string[] =>
  (comments as { edges: readonly { node: { text: string } }[] }).edges.map(({ node }) => node.text);

describe('a block', () => {
  it('ends follows and requests both ways and shows only to the one who made it', async () => {
    const [anna, chen, dung] = [plaza.person(), plaza.person(), plaza.person({ isLocked: true })];
    await plaza.follows(anna, chen);
    await plaza.follows(chen, anna);
    await plaza.follows(anna, dung);
    expect(
      await plaza.does(anna, 'block', { userId: chen.id }, 'user { id followerCount viewerRelation { isBlocking isFollowing } }'),
    ).toEqual({
      __typename: 'BlockOk',
      user: { id: chen.id, followerCount: 0, viewerRelation: { isBlocking: true, isFollowing: false } },
    });
    await plaza.blocks(dung, anna);

    expect(await plaza.seeUser(null, anna, 'followerCount followingCount')).toMatchObject({ followerCount: 0, followingCount: 0 });
    expect(await plaza.seeUser(chen, anna, 'viewerRelation { isBlocking }')).toMatchObject({ viewerRelation: null });
    expect(await plaza.events(anna)).toEqual([
      'follow.created',
      'followRequest.created',
      'follow.removed',
      'block.created',
      'followRequest.closed',
    ]);
    expect(await plaza.events(chen)).toEqual(['follow.created', 'follow.removed']);
  });

  it('again changes nothing', async () => {
    const [anna, chen] = [plaza.person(), plaza.person()];
    await plaza.blocks(anna, chen);
    const epoch = await plaza.epochOf(anna);
    await plaza.blocks(anna, chen);

    expect(await plaza.epochOf(anna)).toBe(epoch);
    expect(await plaza.events(anna)).toEqual(['block.created']);
  });

  it('raises the epochs of both, and so does its end', async () => {
    const [anna, chen] = [plaza.person(), plaza.person()];
    await plaza.blocks(anna, chen);
    expect([await plaza.epochOf(anna), await plaza.epochOf(chen)]).toEqual([1, 1]);
    await plaza.does(anna, 'unblock', { userId: chen.id });
    expect([await plaza.epochOf(anna), await plaza.epochOf(chen)]).toEqual([2, 2]);
  });

  it('has to be ended before following', async () => {
    const [anna, chen] = [plaza.person(), plaza.person()];
    await plaza.blocks(anna, chen);
    expect(await plaza.does(anna, 'follow', { userId: chen.id })).toEqual(NO_USER);
    expect(await plaza.does(anna, 'unblock', { userId: chen.id }, 'user { viewerRelation { isBlocking } }')).toMatchObject({
      user: { viewerRelation: { isBlocking: false } },
    });
    expect(await plaza.does(anna, 'follow', { userId: chen.id })).toMatchObject({ __typename: 'FollowOk' });
    expect(await plaza.does(chen, 'follow', { userId: anna.id })).toMatchObject({ __typename: 'FollowOk' });
  });

  it('holds within the request that makes it', async () => {
    const [anna, chen] = [plaza.person(), plaza.person()];
    const post = plaza.post(chen);
    const answer = await plaza.ask(
      anna,
      `mutation ($user: ID!, $post: ID!) {
        a: likePost(input: { postId: $post }) { __typename }
        b: block(input: { userId: $user }) { __typename }
        c: follow(input: { userId: $user }) { __typename }
        d: likePost(input: { postId: $post }) { __typename }
      }`,
      { user: chen.id, post: post.id },
    );
    expect(answer.data).toEqual({
      a: { __typename: 'LikePostOk' },
      b: { __typename: 'BlockOk' },
      c: { __typename: 'NotFoundError' },
      d: { __typename: 'NotFoundError' },
    });
  });

  it('keeps likes and comments, hidden while it lasts', async () => {
    const [anna, chen] = [plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    await plaza.does(chen, 'likePost', { postId: post.id });
    await plaza.does(chen, 'addComment', { postId: post.id, text: 'mine', idempotencyKey: 'key-00000001' });
    await plaza.blocks(anna, chen);

    const blocked = await plaza.seePost(anna, post, 'likeCount commentCount comments { edges { node { text } } }');
    expect(blocked).toMatchObject({ likeCount: 1, commentCount: 1, comments: { edges: [] } });
    expect(await plaza.does(chen, 'unlikePost', { postId: post.id })).toEqual(NO_POST);
    await plaza.does(anna, 'unblock', { userId: chen.id });
    expect(texts((await plaza.seePost(anna, post, 'comments { edges { node { text } } }'))['comments'])).toEqual(['mine']);
  });

  it('is listed for the one who made it', async () => {
    const [anna, chen, dung] = [plaza.person(), plaza.person(), plaza.person()];
    await plaza.blocks(anna, chen);
    await plaza.blocks(anna, dung);
    expect(nodeIds(at(await plaza.me(anna, 'blockedUsers { edges { node { id } } }'), '_entities.0.blockedUsers'))).toEqual([
      dung.id,
      chen.id,
    ]);
    expect(nodeIds(at(await plaza.me(chen, 'blockedUsers { edges { node { id } } }'), '_entities.0.blockedUsers'))).toEqual([]);
  });

  it('and a follow at the same time end in one of their orders', async () => {
    const pairs = Array.from({ length: 12 }, () => [plaza.person(), plaza.person()] as const);
    await Promise.all(
      pairs.flatMap(([a, b]) => [plaza.follows(a, b), plaza.blocks(b, a), plaza.follows(b, a), plaza.does(a, 'block', { userId: b.id })]),
    );
    const both =
      await plaza.sql`SELECT 1 FROM follow JOIN block ON (blocker_id, blocked_id) IN ((follower_id, followee_id), (followee_id, follower_id))`;
    expect(both).toEqual([]);
    const mutual = await plaza.sql`SELECT 1 FROM block a JOIN block b ON a.blocker_id = b.blocked_id AND a.blocked_id = b.blocker_id`;
    expect(mutual).toEqual([]);
  });
});

describe('epochs', () => {
  it('of the followee rise only where the two become or cease to be mutual', async () => {
    const [anna, binh] = [plaza.person(), plaza.person()];
    const epochs = async () => [await plaza.epochOf(anna), await plaza.epochOf(binh)];
    await plaza.follows(binh, anna);
    expect(await epochs()).toEqual([0, 1]);
    await plaza.follows(anna, binh);
    expect(await epochs()).toEqual([1, 2]);
    await plaza.does(anna, 'removeFollower', { userId: binh.id });
    expect(await epochs()).toEqual([2, 3]);
    await plaza.does(anna, 'unfollow', { userId: binh.id });
    expect(await epochs()).toEqual([3, 3]);
  });

  it('of both rise for one of two who follow each other at the same time', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [anna, binh] = [plaza.person(), plaza.person()];
      await Promise.all([plaza.follows(anna, binh), plaza.follows(binh, anna)]);
      expect([await plaza.epochOf(anna), await plaza.epochOf(binh)].toSorted((a, b) => a - b)).toEqual([1, 2]);
    }
  });
});

describe('a mute', () => {
  it('takes comments out of lists and nothing else, and only the muter’s own feed learns of it', async () => {
    const [anna, binh, chen] = [plaza.person(), plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    await plaza.does(chen, 'addComment', { postId: post.id, text: 'loud', idempotencyKey: 'key-00000001' });
    expect(await plaza.does(binh, 'mute', { userId: chen.id }, 'user { viewerRelation { isMuting mutedUntil } }')).toMatchObject({
      user: { viewerRelation: { isMuting: true, mutedUntil: null } },
    });
    expect(texts((await plaza.seePost(binh, post, 'comments { edges { node { text } } }'))['comments'])).toEqual([]);
    expect(texts((await plaza.seePost(anna, post, 'comments { edges { node { text } } }'))['comments'])).toEqual(['loud']);
    expect(nodeIds(at(await plaza.me(binh, 'mutedUsers { edges { node { id } } }'), '_entities.0.mutedUsers'))).toEqual([chen.id]);
    expect(await plaza.events(binh)).toEqual(['mute.created']);
    expect(await plaza.events(chen)).toEqual([]);

    await plaza.does(binh, 'unmute', { userId: chen.id });
    expect(await plaza.events(binh)).toEqual(['mute.created', 'mute.removed']);
    expect(texts((await plaza.seePost(binh, post, 'comments { edges { node { text } } }'))['comments'])).toEqual(['loud']);
  });

  it('ends by time, with no call', async () => {
    const [anna, binh, chen] = [plaza.person(), plaza.person(), plaza.person()];
    const post = plaza.post(anna);
    await plaza.does(chen, 'addComment', { postId: post.id, text: 'loud', idempotencyKey: 'key-00000001' });
    await plaza.does(binh, 'mute', { userId: chen.id, durationSeconds: 60 });
    const listed = async () => texts((await plaza.seePost(binh, post, 'comments { edges { node { text } } }'))['comments']);
    expect(await listed()).toEqual([]);
    plaza.wait(61);

    // What social says is right at once; caches by epoch follow within two seconds.
    expect(await plaza.call(relations, { userId: binh.uuid, otherIds: [chen.uuid] })).toEqual({ relations: [] });
    expect(await plaza.seeUser(binh, chen, 'viewerRelation { isMuting mutedUntil }')).toMatchObject({
      viewerRelation: { isMuting: false, mutedUntil: null },
    });
    await vi.waitFor(async () => expect(await listed()).toEqual(['loud']), { timeout: 2_500, interval: 100 });
    expect(await plaza.sql`SELECT 1 FROM mute WHERE muter_id = ${binh.uuid}`).toEqual([]);
  });

  it.each([0, -1, 31_536_001])('does not last %i seconds', async (durationSeconds) => {
    const [anna, chen] = [plaza.person(), plaza.person()];
    expect(await plaza.does(anna, 'mute', { userId: chen.id, durationSeconds })).toMatchObject({ fields: [{ path: 'durationSeconds' }] });
    expect(await plaza.seeUser(anna, chen, 'viewerRelation { isMuting }')).toMatchObject({ viewerRelation: { isMuting: false } });
  });

  it('again changes its end', async () => {
    const [anna, chen] = [plaza.person(), plaza.person()];
    await plaza.does(anna, 'mute', { userId: chen.id });
    const { user } = await plaza.does<{ user: { viewerRelation: { mutedUntil: string } } }>(
      anna,
      'mute',
      { userId: chen.id, durationSeconds: 31_536_000 },
      'user { viewerRelation { mutedUntil } }',
    );
    expect(new Date(user.viewerRelation.mutedUntil).getTime()).toBeGreaterThan(Date.now() + 31_000_000_000);
  });
});
