import { newId } from '@plaza/kernel/id';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FeedWorld, FOLLOW_DEFAULTS } from './feed-world.js';

/** A timeline holds four entries and is trimmed to three: its horizon comes up fast. */
let world: FeedWorld;
let anna: string;
let binh: string;
let chen: string;
let post: string;
let repost: { readonly post_id: string; readonly actor_id: string };

beforeAll(async () => {
  world = await FeedWorld.open({ pushMaxFollowers: 3, timelineCapacity: 4 });
});
afterAll(() => world.close());

let tick = 0;
/** Later than everything before. */
const later = (): Date => new Date(Date.parse('2026-10-01T00:00:00Z') + 1_000 * (tick += 1));

async function publishes(authorId: string): Promise<string> {
  const event = world.truth.publish(authorId, later());
  await world.deliver(event);
  return event.key;
}
async function follows(follower: string, followee: string, options: Partial<typeof FOLLOW_DEFAULTS> = {}): Promise<void> {
  await world.deliver(world.truth.follow(follower, followee, later(), { ...FOLLOW_DEFAULTS, ...options }));
  world.newEpoch();
}
async function unfollows(follower: string, followee: string): Promise<void> {
  await world.deliver(world.truth.unfollow(follower, followee));
  world.newEpoch();
}
const timelineOf = async (userId: string) =>
  (await world.entriesOf(userId)).map(({ post_id, actor_id }) => ({ post_id, actor_id })).filter(({ post_id }) => post_id === post);
/** Why and where the post is in the feed. */
const inFeedOf = async (userId: string) =>
  (await world.wholeHome(userId)).filter(({ postId }) => postId === post).map(({ kind, actorId }) => ({ kind, actorId }));

describe('a post that is older than the timeline reaches, with a repost that is not', () => {
  beforeEach(async () => {
    // Other people, so that no test sees another one's.
    [anna, binh, chen] = [newId(), newId(), newId()];
    await follows(binh, chen);
    post = await publishes(anna);
    for (let older = 0; older < 4; older += 1) await publishes(chen);
    await world.becomesReader(binh);
    await world.deliver(world.truth.repost(chen, post, later()));
    repost = { post_id: post, actor_id: chen };
  });

  it('stands there by the repost', async () => {
    expect(await timelineOf(binh)).toEqual([repost]);
    expect(await inFeedOf(binh)).toEqual([{ kind: 'REPOST', actorId: chen }]);
  });

  it('goes down to its author’s place when the author is followed, and comes up again when they are no longer', async () => {
    await follows(binh, anna);
    expect(await timelineOf(binh)).toEqual([]);
    expect(await inFeedOf(binh)).toEqual([{ kind: 'FOLLOWED', actorId: anna }]);
    await unfollows(binh, anna);
    expect(await timelineOf(binh)).toEqual([repost]);
    expect(await inFeedOf(binh)).toEqual([{ kind: 'REPOST', actorId: chen }]);
  });

  it('does so when the follow begins or ceases to bring the post', async () => {
    const inEnglish = world.truth.publish(anna, later(), { language: 'en' });
    post = inEnglish.key;
    await world.deliver(inEnglish);
    for (let newer = 0; newer < 4; newer += 1) await publishes(chen);
    await world.deliver(world.truth.repost(chen, post, later()));
    await follows(binh, anna);
    expect(await timelineOf(binh)).toEqual([]);
    await follows(binh, anna, { languages: ['vi'] });
    expect(await timelineOf(binh)).toEqual([{ post_id: post, actor_id: chen }]);
    await follows(binh, anna, { languages: ['vi', 'en'] });
    expect(await timelineOf(binh)).toEqual([]);
  });

  it('stands there by the repost while its author is pulled: what is pulled is not in timelines', async () => {
    await follows(binh, anna);
    expect(await timelineOf(binh)).toEqual([]);
    const others = [newId(), newId(), newId()];
    for (const other of others) await follows(other, anna);
    expect(await timelineOf(binh)).toEqual([repost]);
    expect(await inFeedOf(binh)).toEqual([{ kind: 'FOLLOWED', actorId: anna }]);
    for (const other of others) await unfollows(other, anna);
    expect(await timelineOf(binh)).toEqual([]);
    expect(await inFeedOf(binh)).toEqual([{ kind: 'FOLLOWED', actorId: anna }]);
  });
});
