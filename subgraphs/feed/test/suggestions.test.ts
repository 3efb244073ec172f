import { userProfileChanged } from '@plaza/events/contracts/accounts.events';
import { followRequestClosed, followRequested, postLiked, postUnliked } from '@plaza/events/contracts/social.events';
import type { EventEnvelope } from '@plaza/events/envelope';
import { countingStatements } from '@plaza/db/statements';
import { newId } from '@plaza/kernel/id';
import { fromTypeId, toTypeId } from '@plaza/kernel/type-id';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refreshTrends } from '@plaza/calls/contracts/feed.calls';
import { FeedWorld, FOLLOW_DEFAULTS } from './feed-world.js';

let world: FeedWorld;
let anna: string;
let binh: string;
let chen: string;
let dung: string;
let em: string;

beforeAll(async () => {
  world = await FeedWorld.open();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.forgetAll();
  world.now = new Date('2026-11-01T12:00:00Z');
  // In the order of their ids, which breaks ties.
  [anna, binh, chen, dung, em] = [newId(), newId(), newId(), newId(), newId()];
});

const fact = (
  contract: { readonly type: string },
  key: string,
  payload: Readonly<Record<string, unknown>>,
  at = world.now,
): EventEnvelope => ({
  id: newId(),
  type: contract.type,
  key,
  occurredAt: at.toISOString(),
  payload,
});

async function follows(follower: string, ...followees: readonly string[]): Promise<void> {
  for (const followee of followees) await world.deliver(world.truth.follow(follower, followee, world.now, FOLLOW_DEFAULTS));
  world.newEpoch();
}

interface Suggestion {
  readonly userId: string;
  readonly reasons: readonly (readonly [kind: string, ...users: readonly string[]])[];
}

async function suggested(viewer: string | null, first = 20): Promise<readonly Suggestion[] | null> {
  const result = await world.graphql(
    `query ($of: [_Any!]!, $first: Int!) { _entities(representations: $of) { ... on Viewer {
       suggestedUsers(first: $first) { user { id } reasons { kind users { id } } } } } }`,
    { of: [{ __typename: 'Viewer', id: toTypeId('viewer', viewer ?? newId()) }], first },
    viewer,
  );
  expect(result.errors).toBeUndefined();
  const data = JSON.parse(JSON.stringify(result.data)) as {
    _entities: ({ suggestedUsers: { user: { id: string }; reasons: { kind: string; users: { id: string }[] }[] }[] } | null)[];
  };
  return (
    data._entities[0]?.suggestedUsers.map(({ user, reasons }) => ({
      userId: uuid(user.id),
      reasons: reasons.map(({ kind, users }) => [kind, ...users.map(({ id }) => uuid(id))] as const),
    })) ?? null
  );
}

const uuid = (id: string): string => fromTypeId('user', id) ?? '';
const idsOf = async (viewer: string): Promise<readonly string[]> => (await suggested(viewer))?.map(({ userId }) => userId) ?? [];

async function dismiss(viewer: string, userId: string): Promise<string> {
  const result = await world.graphql(
    `mutation ($input: DismissSuggestedUserInput!) { dismissSuggestedUser(input: $input) {
       __typename ... on DismissSuggestedUserOk { viewer { id } } ... on UserError { code message } } }`,
    { input: { userId } },
    viewer,
  );
  return JSON.stringify(result.data?.['dismissSuggestedUser'] ?? result.errors);
}

describe('who is suggested, and why', () => {
  it('is whom friends follow, by how many do, then who follows the viewer, then who is popular', async () => {
    await follows(anna, binh, chen);
    await follows(binh, dung, em);
    await follows(chen, dung);
    const fan = newId();
    await follows(fan, anna);
    expect(await suggested(anna)).toEqual([
      { userId: dung, reasons: [['FOLLOWED_BY', binh, chen], ['POPULAR']] },
      { userId: fan, reasons: [['FOLLOWS_YOU']] },
      { userId: em, reasons: [['FOLLOWED_BY', binh], ['POPULAR']] },
    ]);
    expect((await suggested(anna, 1))?.map(({ userId }) => userId)).toEqual([dung]);
  });

  it('is who is popular for somebody who follows nobody yet', async () => {
    await follows(binh, dung);
    await follows(chen, dung, em);
    expect(await suggested(anna)).toEqual([
      { userId: dung, reasons: [['POPULAR']] },
      { userId: em, reasons: [['POPULAR']] },
    ]);
  });

  it('weighs friends by what the viewer did with their posts, less so the longer ago, and not once it is taken back', async () => {
    await follows(anna, binh, chen);
    await follows(binh, dung);
    await follows(chen, em);
    expect(await idsOf(anna)).toEqual([dung, em]);
    const post = newId();
    const ofChen = { postId: post, authorId: chen, userId: anna };
    await world.deliver(fact(postLiked, post, ofChen, new Date('2026-10-20T12:00:00Z')));
    expect(await idsOf(anna)).toEqual([em, dung]);
    const other = newId();
    await world.deliver(fact(postLiked, other, { postId: other, authorId: binh, userId: anna }, new Date('2026-10-21T12:00:00Z')));
    expect(await idsOf(anna)).toEqual([dung, em]);
    await world.deliver(fact(postUnliked, other, { postId: other, authorId: binh, userId: anna }));
    expect(await idsOf(anna)).toEqual([em, dung]);
    await world.deliver(fact(postUnliked, post, ofChen));
    expect(await idsOf(anna)).toEqual([dung, em]);
  });

  it('takes the same number of statements for one and for twenty', async () => {
    await follows(anna, binh, chen);
    for (let n = 0; n < 25; n += 1) await follows(n % 2 === 0 ? binh : chen, newId());
    await suggested(anna, 1);
    const one = await countingStatements(() => suggested(anna, 1));
    const twenty = await countingStatements(() => suggested(anna, 20));
    expect(twenty.result).toHaveLength(20);
    expect([one.statements, twenty.statements]).toEqual([1, 1]);
  });
});

describe('who is not suggested', () => {
  beforeEach(async () => {
    await follows(anna, binh);
    await follows(binh, chen, dung);
  });

  it('nobody, without a reason', async () => {
    expect(await idsOf(anna)).toEqual([chen, dung]);
  });

  it.each<[string, () => void]>([
    ['whom the viewer mutes', () => void world.muted.add(chen)],
    ['with whom there is a block', () => void world.blocked.add(chen)],
  ])('%s', async (_who, happens) => {
    happens();
    world.newEpoch();
    expect(await idsOf(anna)).toEqual([dung]);
  });

  it('who is not active', async () => {
    const gone = newId();
    await follows(binh, gone);
    world.states.set(gone, 'SUSPENDED');
    expect(await idsOf(anna)).toEqual([chen, dung]);
  });

  it('who does not want to be discovered, once that is heard', async () => {
    world.undiscoverable.add(chen);
    await world.deliver(fact(userProfileChanged, chen, { userId: chen }));
    await world.ask(refreshTrends);
    expect(await idsOf(anna)).toEqual([dung]);
  });

  it('whom the viewer asked already, until the request is closed; a locked person may be', async () => {
    world.locked.add(chen);
    await world.deliver(fact(followRequested, anna, { followerId: anna, followeeId: chen }));
    expect(await idsOf(anna)).toEqual([dung]);
    await world.deliver(fact(followRequestClosed, anna, { followerId: anna, followeeId: chen }));
    expect(await idsOf(anna)).toEqual([chen, dung]);
  });

  it('whom the viewer follows, even before the event has come', async () => {
    world.truth.follow(anna, chen, world.now, FOLLOW_DEFAULTS);
    world.newEpoch();
    expect(await idsOf(anna)).toEqual([dung]);
  });

  it('whom the viewer dismissed, ever again', async () => {
    expect(await dismiss(anna, toTypeId('user', chen))).toContain('DismissSuggestedUserOk');
    expect(await dismiss(anna, toTypeId('user', chen))).toContain('DismissSuggestedUserOk');
    expect(await idsOf(anna)).toEqual([dung]);
    await follows(chen, anna);
    expect(await idsOf(anna)).toEqual([dung]);
  });

  it('and somebody whom the viewer may not see bears nothing out', async () => {
    await follows(anna, em);
    await follows(em, dung);
    world.muted.add(em);
    world.newEpoch();
    expect((await suggested(anna))?.find(({ userId }) => userId === dung)?.reasons[0]).toEqual(['FOLLOWED_BY', binh]);
  });
});

describe('dismissing', () => {
  it('answers alike for who is hidden, who never was and what is no id', async () => {
    world.blocked.add(chen);
    const answers = [await dismiss(anna, toTypeId('user', chen)), await dismiss(anna, 'user_nonsense')];
    world.states.set(dung, 'ERASED');
    answers.push(await dismiss(anna, toTypeId('user', dung)));
    expect(new Set(answers)).toEqual(new Set(['{"__typename":"NotFoundError","code":"NOT_FOUND","message":"There is no such user."}']));
  });

  it('refuses oneself', async () => {
    expect(await dismiss(anna, toTypeId('user', anna))).toContain('VALIDATION');
  });

  it('has nothing for guests', async () => {
    expect(await suggested(null)).toBeNull();
  });
});
