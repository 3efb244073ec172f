import { refreshTrends } from '@plaza/calls/contracts/feed.calls';
import { randomUUID } from 'node:crypto';
import type { Answer, Person } from '@plaza/testing/people';
import type { World } from '@plaza/testing/world';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPlaza } from '../world.js';

let world: World;
let anna: Person;
let binh: Person;
let chen: Person;
let crowd: readonly Person[];
beforeAll(async () => {
  world = await startPlaza();
  [anna, binh, chen] = await world.people('anna', 'binh', 'chen');
  crowd = [binh, chen, ...(await world.people('dung', 'em', 'giang'))];
});
afterAll(() => world.stop());

/** A word that nobody has used yet, without digits: searches for numbers do not count. */
const word = (): string => randomUUID().replace(/[\d-]/g, (digit) => 'ghijklmnop'[Number(digit)] ?? '');

async function looked(): Promise<void> {
  await world.settled();
  await world.ask(refreshTrends, {});
}

const trending = async (person: Person, name: string): Promise<Answer> =>
  (await person.plays('Discover')).trends.find((trend: Answer) => trend.name === name);
const suggested = async (person: Person): Promise<readonly Answer[]> => (await person.plays('Discover')).me.suggestedUsers;

it('shows a hashtag that five people use, with who they are, until too few are left', async () => {
  const tag = word();
  const posts = await Promise.all(crowd.map((person) => person.publishes(`what a day #${tag}`)));
  await anna.publishes(`only mine #${word()}`);
  await looked();
  expect(await trending(anna, tag)).toEqual({ name: tag, score: expect.any(Number), observed: 5, expected: 1 });
  const { trend } = await anna.plays('TrendDetail', { kind: 'HASHTAG', name: `#${tag.toUpperCase()}` });
  expect(trend).toMatchObject({ observed: 5, peakScore: 16, subject: { __typename: 'Hashtag', name: tag } });
  expect(trend.accounts.map(({ handle }: Answer) => handle).toSorted()).toEqual(crowd.map(({ handle }) => handle).toSorted());

  await chen.blocks(anna);
  const after = (await anna.plays('TrendDetail', { kind: 'HASHTAG', name: tag })).trend;
  expect(after.accounts.map(({ handle }: Answer) => handle)).not.toContain(chen.handle);
  await chen.unblocks(anna);

  await binh.deletes(posts[0] ?? '');
  await looked();
  expect(await trending(anna, tag)).toBeUndefined();
});

it('leaves a trending post out for whom its author blocked', async () => {
  const post = await anna.publishes('liked by many');
  await Promise.all(crowd.map((person) => person.likes(post)));
  await looked();
  const seen = async (person: Person) => (await person.plays('TrendDetail', { kind: 'POST', name: post })).trend?.subject ?? null;
  expect(await seen(binh)).toMatchObject({ __typename: 'Post', text: 'liked by many', author: { handle: anna.handle } });
  await anna.blocks(binh);
  expect(await seen(binh)).toBeNull();
  await anna.unblocks(binh);
  await binh.unlikes(post);
  await looked();
  expect(await seen(chen)).toBeNull();
});

it('suggests whom friends follow, says why, and never again whom one dismissed', async () => {
  await anna.follows(binh);
  await binh.follows(chen);
  await world.settled();
  expect((await suggested(anna))[0]).toEqual({
    user: { id: chen.id, handle: chen.handle },
    reasons: [
      { kind: 'FOLLOWED_BY', users: [{ handle: binh.handle }] },
      { kind: 'POPULAR', users: [] },
    ],
  });
  await anna.does('DismissSuggestedUser', { userId: chen.id });
  expect((await suggested(anna)).map(({ user }) => user.id)).not.toContain(chen.id);
});

it('neither counts nor suggests who does not want to be discovered', async () => {
  const [quiet = chen] = crowd.slice(-1);
  const tag = word();
  await binh.follows(quiet);
  await Promise.all(crowd.map((person) => person.publishes(`hello #${tag}`)));
  await looked();
  expect(await trending(anna, tag)).toBeDefined();
  expect((await suggested(anna)).map(({ user }) => user.id)).toContain(quiet.id);
  await quiet.does('UpdateProfile', { isDiscoverable: false });
  await looked();
  expect(await trending(anna, tag)).toBeUndefined();
  expect((await suggested(anna)).map(({ user }) => user.id)).not.toContain(quiet.id);
});

it('shows what five people searched for, not what four did', async () => {
  const [common, rare] = [word(), word()];
  for (const person of crowd) await person.plays('Search', { query: common, first: 1 });
  for (const person of crowd.slice(1)) await person.plays('Search', { query: rare, first: 1 });
  const texts = async (): Promise<readonly string[]> =>
    (await anna.plays('TrendingQueries')).trendingQueries.map(({ text }: Answer) => text);
  await expect.poll(texts, { timeout: 5_000 }).toContain(common);
  expect(await texts()).not.toContain(rare);
});
