import { userProfileChanged, userStateChanged } from '@plaza/events/contracts/accounts.events';
import { commentAdded, commentDeleted, postLiked, postUnliked } from '@plaza/events/contracts/social.events';
import type { EventEnvelope } from '@plaza/events/envelope';
import { newId } from '@plaza/kernel/id';
import { toTypeId } from '@plaza/kernel/type-id';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rebuildModels, modelChecksums } from '../src/modules/timeline/rebuild.calls.js';
import { refreshTrends } from '@plaza/calls/contracts/feed.calls';
import { FeedWorld, FOLLOW_DEFAULTS } from './feed-world.js';

const NOON = Date.parse('2026-11-01T12:00:00Z');
const HOUR = 3_600_000;

let world: FeedWorld;
let town: readonly string[];
beforeAll(async () => {
  world = await FeedWorld.open();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.forgetAll();
  world.now = new Date(NOON);
  town = Array.from({ length: 12 }, newId);
});

const hour = (hours: number): Date => new Date(NOON + hours * HOUR);
const who = (n: number): string => town[n] ?? '';

function fact(contract: { readonly type: string }, key: string, payload: Readonly<Record<string, unknown>>, at = world.now): EventEnvelope {
  return { id: newId(), type: contract.type, key, occurredAt: at.toISOString(), payload };
}

async function publishes(
  author: string,
  about: { readonly hashtags?: string[]; readonly links?: string[]; readonly isSensitive?: boolean },
  at = world.now,
  more: Parameters<FeedWorld['truth']['publish']>[2] = {},
) {
  const event = world.truth.publish(author, at, more);
  world.subjects.set(event.key, about);
  await world.deliver({ ...event, occurredAt: at.toISOString() });
  return event.key;
}

const authorOf = (postId: string): string => world.truth.posts.get(postId)?.authorId ?? '';
const like = (userId: string, postId: string, at = world.now) =>
  fact(postLiked, postId, { postId, userId, authorId: authorOf(postId) }, at);
const unlike = (userId: string, postId: string) => fact(postUnliked, postId, { postId, userId, authorId: authorOf(postId) });
const comment = (userId: string, postId: string, commentId = newId()) => ({
  commentId,
  postId,
  postAuthorId: authorOf(postId),
  authorId: userId,
  replyToAuthorId: null,
});

interface Trend {
  readonly name: string;
  readonly score: number;
  readonly observed: number;
  readonly expected: number;
  readonly peakScore: number;
  readonly peakAt: string;
  readonly history: readonly number[];
  readonly accounts: readonly { readonly id: string }[];
  readonly subject: { readonly __typename: string; readonly id?: string; readonly name?: string } | null;
}

const FIELDS = `name score observed expected peakScore peakAt history accounts(first: 7) { id }
  subject { __typename ... on Hashtag { name } ... on Post { id } ... on User { id } ... on Product { id } }`;

/** What trends after a fresh look. */
async function trends(kind: string, viewer: string | null = null, more: { readonly language?: string } = {}): Promise<readonly Trend[]> {
  await world.ask(refreshTrends);
  return kept(kind, viewer, more);
}

/** What trends by the last look. */
async function kept(kind: string, viewer: string | null = null, more: { readonly language?: string } = {}): Promise<readonly Trend[]> {
  const result = await world.graphql(
    `query ($kind: TrendKind!, $language: String) { trends(kind: $kind, first: 20, language: $language) { ${FIELDS} } }`,
    { kind, ...more },
    viewer,
  );
  expect(result.errors).toBeUndefined();
  return JSON.parse(JSON.stringify(result.data))['trends'];
}

const numbers = ({ name, score, observed, expected }: Trend) => [name, score, observed, expected];

describe('hashtags', () => {
  it('trend by unique accounts against the day before, and fall by half in four hours', async () => {
    for (let n = 0; n < 5; n += 1) await publishes(who(n), { hashtags: ['hanoi'] });
    await publishes(who(0), { hashtags: ['hanoi', 'mine'] });
    for (let n = 0; n < 2; n += 1) await publishes(who(n), { hashtags: ['phở'] }, hour(-30));
    for (let n = 0; n < 8; n += 1) await publishes(who(n), { hashtags: ['phở'] }, hour(-1));
    expect((await trends('HASHTAG')).map(numbers)).toEqual([
      ['phở', 18, 8, 2],
      ['hanoi', 16, 5, 1],
    ]);
    world.now = hour(4);
    expect((await kept('HASHTAG')).map(numbers)).toEqual([
      ['phở', 9, 8, 2],
      ['hanoi', 8, 5, 1],
    ]);
    expect((await trends('HASHTAG')).map(({ score, peakScore, peakAt }) => [score, peakScore, peakAt])).toEqual([
      [9, 18, hour(0).toISOString()],
      [8, 16, hour(0).toISOString()],
    ]);
    world.now = hour(16.1);
    expect((await trends('HASHTAG')).map(({ name }) => name)).toEqual(['phở']);
    world.now = hour(17);
    expect(await trends('HASHTAG')).toEqual([]);
  });

  it('count whoever reposts', async () => {
    const post = await publishes(who(0), { hashtags: ['hanoi'] });
    for (let n = 1; n < 5; n += 1) await world.deliver(world.truth.repost(who(n), post, hour(-0.5)));
    expect((await trends('HASHTAG')).map(numbers)).toEqual([['hanoi', 16, 5, 1]]);
    await world.deliver(world.truth.undoRepost(who(4), post));
    expect(await trends('HASHTAG')).toEqual([]);
  });

  it('explain themselves: who takes part, hour by hour, and what it is', async () => {
    for (let n = 0; n < 9; n += 1) await publishes(who(n), { hashtags: ['hanoi'] }, hour(-n));
    const [trend] = await trends('HASHTAG', who(11));
    expect(trend?.accounts).toEqual([0, 1, 2, 3, 4, 5, 6].map((n) => ({ id: toTypeId('user', who(n)) })));
    expect(trend?.history).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 3, 3]);
    expect(trend?.subject).toEqual({ __typename: 'Hashtag', name: 'hanoi' });
    world.blocked.add(who(1));
    world.muted.add(who(2));
    world.newEpoch();
    expect((await kept('HASHTAG', who(11)))[0]?.accounts.map(({ id }) => id).slice(0, 2)).toEqual([
      toTypeId('user', who(0)),
      toTypeId('user', who(3)),
    ]);
    const one = await world.graphql(
      '{ trend(kind: HASHTAG, name: "#HaNoi") { observed } none: trend(kind: HASHTAG, name: "never") { name } }',
      {},
      null,
    );
    expect(JSON.parse(JSON.stringify(one.data))).toEqual({ trend: { observed: 9 }, none: null });
  });

  it('put the viewer’s language first when asked to', async () => {
    for (let n = 0; n < 8; n += 1) await publishes(who(n), { hashtags: ['news'] }, hour(0), { language: 'en' });
    for (let n = 0; n < 5; n += 1) await publishes(who(n), { hashtags: ['tin'] }, hour(0), { language: 'vi' });
    expect((await trends('HASHTAG')).map(({ name }) => name)).toEqual(['news', 'tin']);
    expect((await trends('HASHTAG', null, { language: 'vi-VN' })).map(({ name }) => name)).toEqual(['tin', 'news']);
  });
});

describe('what never counts', () => {
  const five = async (more: Parameters<typeof publishes>[3] = {}, about: Parameters<typeof publishes>[1] = {}) => {
    for (let n = 0; n < 5; n += 1) await publishes(who(n), { hashtags: ['hanoi'], ...about }, world.now, more);
  };

  it('is what is sensitive', async () => {
    await five({}, { isSensitive: true });
    expect(await trends('HASHTAG')).toEqual([]);
  });

  it('is what is not PUBLIC, or is no longer', async () => {
    await five();
    const [post] = [...world.truth.posts.keys()];
    expect(await trends('HASHTAG')).toHaveLength(1);
    await world.deliver(world.truth.edit(post ?? '', 'FOLLOWERS'));
    expect(await trends('HASHTAG')).toEqual([]);
    const { rows } = await world.pool.query('SELECT count(*)::int AS posts FROM trend_post');
    expect(rows).toEqual([{ posts: 4 }]);
  });

  it('is a deleted post, until it is restored', async () => {
    await five();
    const [post] = [...world.truth.posts.keys()];
    await world.deliver(world.truth.delete(post ?? ''));
    expect(await trends('HASHTAG')).toEqual([]);
    await world.deliver(world.truth.restore(post ?? ''));
    expect(await trends('HASHTAG')).toHaveLength(1);
  });

  it.each<[string, (userId: string) => EventEnvelope]>([
    ['suspended', (userId) => (world.states.set(userId, 'SUSPENDED'), fact(userStateChanged, userId, { userId, state: 'SUSPENDED' }))],
    [
      'deactivated',
      (userId) => (world.states.set(userId, 'DEACTIVATED'), fact(userStateChanged, userId, { userId, state: 'DEACTIVATED' })),
    ],
    ['locked', (userId) => (world.locked.add(userId), fact(userProfileChanged, userId, { userId }))],
    ['not to be discovered', (userId) => (world.undiscoverable.add(userId), fact(userProfileChanged, userId, { userId }))],
  ])('is an account that is %s, until it is not', async (_how, change) => {
    await five();
    expect(await trends('HASHTAG')).toHaveLength(1);
    await world.deliver(change(who(2)));
    expect(await trends('HASHTAG')).toEqual([]);
    world.states.clear();
    world.locked.clear();
    world.undiscoverable.clear();
    await world.deliver(fact(userProfileChanged, who(2), { userId: who(2) }));
    expect(await trends('HASHTAG')).toHaveLength(1);
  });

  it('is the same account again, and the same event again', async () => {
    const events = await Promise.all([0, 1, 2, 3].map(async (n) => publishes(who(n), { hashtags: ['hanoi'] })));
    for (let n = 0; n < 5; n += 1) await publishes(who(0), { hashtags: ['hanoi'] });
    const event = like(who(5), events[0] ?? '');
    await world.deliver(event, event, { ...event, id: newId() });
    expect(await trends('HASHTAG')).toEqual([]);
    const { rows } = await world.pool.query('SELECT count(*)::int AS likes FROM post_reaction');
    expect(rows).toEqual([{ likes: 1 }]);
  });

  it('waits while an owner does not answer, and what is known goes on', async () => {
    await five();
    expect(await trends('HASHTAG')).toHaveLength(1);
    world.dead.add('content');
    for (let n = 0; n < 6; n += 1) await publishes(who(n), { hashtags: ['later'] });
    expect((await trends('HASHTAG')).map(({ name }) => name)).toEqual(['hanoi']);
    world.dead.clear();
    expect((await trends('HASHTAG')).map(({ name }) => name)).toEqual(['later', 'hanoi']);
  });
});

describe('posts', () => {
  it('trend by who likes, comments and reposts, without their author, and fall by half each hour of their age', async () => {
    world.now = hour(0);
    const post = await publishes(who(0), {}, hour(-1));
    await world.deliver(...[0, 1, 2, 3].map((n) => like(who(n), post)));
    const remark = comment(who(4), post);
    await world.deliver(fact(commentAdded, post, remark), fact(commentAdded, post, comment(who(1), post)));
    await world.deliver(world.truth.repost(who(5), post, hour(-0.1)));
    // 1, 2, 3 like, 4 comments, 5 reposts: (5 − 1)² / 1 = 16, an hour old.
    expect((await trends('POST')).map(numbers)).toEqual([[toTypeId('post', post), 8, 5, 1]]);
    await world.deliver(fact(commentDeleted, post, remark));
    expect(await trends('POST')).toEqual([]);
    await world.deliver(like(who(6), post), like(who(7), post));
    // 1, 2, 3, 5, 6, 7: (6 − 1)² / 1 = 25
    expect((await trends('POST')).map(numbers)).toEqual([[toTypeId('post', post), 12.5, 6, 1]]);
    await world.deliver(unlike(who(7), post));
    expect((await trends('POST')).map(numbers)).toEqual([[toTypeId('post', post), 8, 5, 1]]);
  });

  it('are hidden from whom they are hidden, and from who muted their author', async () => {
    const post = await publishes(who(0), {});
    await world.deliver(...[1, 2, 3, 4, 5].map((n) => like(who(n), post)));
    expect((await trends('POST', who(11))).map(({ subject }) => subject)).toEqual([{ __typename: 'Post', id: toTypeId('post', post) }]);
    world.muted.add(who(0));
    world.newEpoch();
    expect(await kept('POST', who(11))).toEqual([]);
    expect(await kept('POST', who(0))).toHaveLength(1);
    world.hiddenPosts.add(post);
    expect(await kept('POST', who(0))).toEqual([]);
  });

  it('of more than a day ago do not', async () => {
    const post = await publishes(who(0), {}, hour(-25));
    await world.deliver(...[1, 2, 3, 4, 5].map((n) => like(who(n), post)));
    expect(await trends('POST')).toEqual([]);
  });
});

it('has links under one address, and products, and people by new followers', async () => {
  const product = newId();
  for (let n = 0; n < 5; n += 1) {
    const post = await publishes(who(n), { links: [`https://example.com/a?utm_source=${n}#x`, 'https://example.com/a/'] });
    world.subjects.set(post, { ...world.subjects.get(post), productIds: [product] });
    await world.deliver(world.truth.follow(who(n), who(9), hour(-1), FOLLOW_DEFAULTS));
  }
  expect((await trends('LINK')).map(numbers)).toEqual([['https://example.com/a', 16, 5, 1]]);
  expect((await kept('LINK'))[0]?.subject).toBeNull();
  expect((await kept('PRODUCT')).map(({ subject }) => subject)).toEqual([{ __typename: 'Product', id: toTypeId('product', product) }]);
  expect((await kept('USER')).map(({ name, observed }) => [name, observed])).toEqual([[toTypeId('user', who(9)), 5]]);
  world.states.set(who(9), 'SUSPENDED');
  world.newEpoch();
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  expect(await kept('USER')).toEqual([]);
});

it('counts the same after a rebuild', async () => {
  world.locked.add(who(6));
  const post = await publishes(who(0), { hashtags: ['hanoi'] });
  for (let n = 1; n < 7; n += 1) {
    await publishes(who(n), { hashtags: ['hanoi'] });
    await world.deliver(like(who(n), post));
    world.likes.push({ postId: post, userId: who(n), createdAt: world.now.toISOString() });
  }
  await world.deliver(fact(userProfileChanged, who(6), { userId: who(6) }));
  const before = [await trends('HASHTAG'), await trends('POST')];
  expect(before.map((list) => list.map(({ observed }) => observed))).toEqual([[6], [5]]);
  await world.pool.query('TRUNCATE post_reaction, trend_post, account_standing');
  expect(await trends('POST')).toEqual([]);
  await world.ask(rebuildModels);
  while (modelChecksums.output.parse(await world.ask(modelChecksums)).isRebuilding) await new Promise((resolve) => setTimeout(resolve, 10));
  expect([await trends('HASHTAG'), await trends('POST')].map((list) => list.map(numbers))).toEqual(before.map((list) => list.map(numbers)));
});

it('refuses sizes out of bounds', async () => {
  const result = await world.graphql('{ trends(kind: HASHTAG, first: 21) { name } }', {}, null);
  expect(result.errors?.[0]?.extensions['code']).toBe('BAD_USER_INPUT');
});
