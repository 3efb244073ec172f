import { SealedCursors } from '@plaza/auth/sealed-cursor';
import { countingStatements } from '@plaza/db/statements';
import { newId } from '@plaza/kernel/id';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FeedWorld, FOLLOW_DEFAULTS } from './feed-world.js';

let world: FeedWorld;
let anna: string;
let binh: string;
let chen: string;

beforeAll(async () => {
  world = await FeedWorld.open({ pushMaxFollowers: 3, timelineCapacity: 20 });
});
afterAll(() => world.close());
beforeEach(() => {
  // Other people, so that no test sees another one's.
  [anna, binh, chen] = [newId(), newId(), newId()];
  world.dead.clear();
});

let tick = 0;
/** Later than everything before. */
const later = (): Date => new Date(Date.parse('2026-10-01T00:00:00Z') + 1_000 * (tick += 1));

async function publishes(authorId: string, options: Parameters<FeedWorld['truth']['publish']>[2] = {}): Promise<string> {
  const event = world.truth.publish(authorId, later(), options);
  await world.deliver(event);
  return event.key;
}
async function follows(follower: string, followee: string, options: Partial<typeof FOLLOW_DEFAULTS> = {}): Promise<void> {
  await world.deliver(world.truth.follow(follower, followee, later(), { ...FOLLOW_DEFAULTS, ...options }));
  world.newEpoch();
}
const reposts = (who: string, postId: string): Promise<void> => world.deliver(world.truth.repost(who, postId, later()));
const feedOf = async (userId: string): Promise<readonly string[]> => (await world.wholeHome(userId)).map(({ postId }) => postId);

describe('what a home feed holds', () => {
  it('shows posts of the followed, their reposts and own posts, the newest first, and says why', async () => {
    await follows(binh, anna);
    const stranger = newId();
    const [own, annas, strangers] = [await publishes(binh), await publishes(anna), await publishes(stranger)];
    await reposts(anna, strangers);
    await publishes(stranger);

    const { edges, hasNextPage } = await world.home(binh);
    expect(edges.map(({ postId, kind, actorId }) => [postId, kind, actorId])).toEqual([
      [strangers, 'REPOST', anna],
      [annas, 'FOLLOWED', anna],
      [own, 'OWN', binh],
    ]);
    expect(hasNextPage).toBe(false);
  });

  it('shows a post once, where it came first', async () => {
    await follows(binh, anna);
    await follows(binh, chen);
    const post = await publishes(anna);
    await reposts(chen, post);
    expect((await world.home(binh)).edges.map(({ postId, kind }) => [postId, kind])).toEqual([[post, 'FOLLOWED']]);
  });

  it('leaves out reposts of those followed without them', async () => {
    await follows(binh, chen, { reposts: false });
    const post = await publishes(anna);
    await reposts(chen, post);
    expect(await feedOf(binh)).toEqual([]);
  });

  it('leaves out languages that the follow does not name, and keeps posts without one', async () => {
    await follows(binh, anna, { languages: ['vi'] });
    await publishes(anna, { language: 'en-GB' });
    const [vietnamese, unknown] = [await publishes(anna, { language: 'vi-VN' }), await publishes(anna)];
    expect(await feedOf(binh)).toEqual([unknown, vietnamese]);
  });

  it('shows ONLY_ME posts to nobody but their author', async () => {
    await follows(binh, anna);
    await world.becomesReader(binh);
    const secret = await publishes(anna, { audience: 'ONLY_ME' });
    expect(await feedOf(binh)).toEqual([]);
    expect(await feedOf(anna)).toEqual([secret]);
    expect(await world.entriesOf(binh)).toEqual([]);
  });
});

describe('what others do', () => {
  beforeEach(async () => {
    await follows(binh, anna);
    await world.becomesReader(binh);
  });

  it('takes a deleted post away and brings it back with its reposts when it is restored', async () => {
    await follows(binh, chen);
    const [post, other] = [await publishes(anna), await publishes(newId())];
    await reposts(chen, other);
    await world.deliver(world.truth.delete(post), world.truth.delete(other));
    expect(await world.entriesOf(binh)).toEqual([]);
    await world.deliver(world.truth.restore(post), world.truth.restore(other));
    expect(await feedOf(binh)).toEqual([other, post]);
  });

  it('takes away what only a former followee brought', async () => {
    await follows(binh, chen);
    const [kept, gone] = [await publishes(anna), await publishes(anna)];
    await reposts(chen, kept);
    await world.deliver(world.truth.unfollow(binh, anna));
    world.newEpoch();
    expect((await world.home(binh)).edges.map(({ postId, kind }) => [postId, kind])).toEqual([[kept, 'REPOST']]);
    expect((await world.entriesOf(binh)).map(({ post_id: id }) => id)).not.toContain(gone);
  });

  it('shows nothing of a former followee before the event has come', async () => {
    await publishes(anna);
    world.truth.unfollow(binh, anna);
    world.newEpoch();
    expect(await feedOf(binh)).toEqual([]);
  });

  it('takes a repost that arrives before its post', async () => {
    await follows(binh, chen);
    const stranger = newId();
    const published = world.truth.publish(stranger, later());
    await world.deliver(world.truth.repost(chen, published.key, later()));
    expect(await feedOf(binh)).toEqual([]);
    await world.deliver(published);
    expect(await feedOf(binh)).toEqual([published.key]);
  });

  it('ignores a revision that is older than the known one', async () => {
    const published = world.truth.publish(anna, later());
    const edited = world.truth.edit(published.key, 'ONLY_ME');
    await world.deliver(published, edited, { ...published, id: newId() });
    expect(await world.entriesOf(binh)).toEqual([]);
  });
});

describe('what the rules take out', () => {
  it('drops posts that content does not let the viewer see, and fills the page up', async () => {
    await follows(binh, anna);
    const posts: string[] = [];
    for (let index = 0; index < 60; index += 1) posts.unshift(await publishes(anna));
    for (const hidden of posts.slice(0, 40)) world.hiddenPosts.add(hidden);
    world.visibilityCalls = 0;

    const page = await world.home(binh, { first: 3 });
    expect(page.edges.map(({ postId }) => postId)).toEqual(posts.slice(40, 43));
    expect(page.hasNextPage).toBe(true);
    expect(world.visibilityCalls).toBeLessThanOrEqual(5);
    expect(await feedOf(binh)).toEqual(posts.slice(40));
  });

  it('drops what muted, blocking and suspended people wrote or brought', async () => {
    const [muted, blocker, suspended] = [newId(), newId(), newId()];
    for (const author of [muted, blocker, suspended]) {
      await follows(binh, author);
      await publishes(author);
    }
    await follows(binh, anna);
    const mutedsPost = await publishes(muted);
    await reposts(anna, mutedsPost);
    const annas = await publishes(anna);
    const strangers = await publishes(newId());
    await reposts(muted, strangers);

    world.muted.add(muted);
    world.blocked.add(blocker);
    world.states.set(suspended, 'SUSPENDED');
    world.newEpoch();
    expect(await feedOf(binh)).toEqual([annas]);
  });

  it('names no hidden post in a cursor when everything is hidden', async () => {
    await follows(binh, anna);
    for (let index = 0; index < 3; index += 1) world.hiddenPosts.add(await publishes(anna));
    expect(await world.home(binh, { first: 1 })).toMatchObject({ edges: [], endCursor: null, hasNextPage: false });
  });
});

describe('paging', () => {
  it('shows nothing twice and misses nothing of the first page’s set while posts arrive', async () => {
    await follows(binh, anna);
    await follows(binh, chen);
    await world.becomesReader(binh);
    const posts: string[] = [];
    for (let index = 0; index < 45; index += 1) posts.unshift(await publishes(index % 2 === 0 ? anna : chen));

    const seen: string[] = [];
    for (let after: string | null = null; ;) {
      const page = await world.home(binh, { first: 7, after });
      seen.push(...page.edges.map(({ postId }) => postId));
      await world.deliver(...Array.from({ length: 25 }, () => world.truth.publish(anna, later())));
      if (!page.hasNextPage) break;
      after = page.endCursor;
    }
    expect(seen).toEqual(posts);
  });

  it('sends the same number of statements for 1, 20 and 100 posts', async () => {
    await follows(binh, anna);
    for (let index = 0; index < 19; index += 1) await publishes(anna);
    await world.becomesReader(binh);
    const counts: number[] = [];
    for (const first of [1, 20, 100]) counts.push((await countingStatements(() => world.home(binh, { first }))).statements);
    expect(counts).toEqual([1, 1, 1]);
  });

  it('refuses a size out of bounds and a cursor that is none', async () => {
    for (const args of [{ first: 101 }, { first: -1 }, { first: 1, after: 'nonsense' }]) {
      const { feed, errors } = await world.answer(binh, args);
      expect([feed, errors]).toEqual([null, [{ code: 'BAD_USER_INPUT', path: ['_entities', 0, 'homeFeed'] }]]);
    }
  });
});

describe('timelines', () => {
  it('keep at most their capacity; older pages are looked up', async () => {
    await follows(binh, anna);
    await world.becomesReader(binh);
    const posts: string[] = [];
    for (let index = 0; index < 50; index += 1) posts.unshift(await publishes(anna));
    expect((await world.entriesOf(binh)).length).toBeLessThanOrEqual(20);
    expect(await feedOf(binh)).toEqual(posts);
  });

  it('hold nothing of an author above the threshold; followers see the posts all the same', async () => {
    await follows(binh, anna);
    await world.becomesReader(binh);
    const before = await publishes(anna);
    expect(await world.entriesOf(binh)).toHaveLength(1);
    for (let index = 0; index < 3; index += 1) await follows(newId(), anna);
    const after = await publishes(anna);
    expect(await world.entriesOf(binh)).toEqual([]);
    expect(await feedOf(binh)).toEqual([after, before]);
  });

  it('are written again when the author falls well below the threshold', async () => {
    const fans = [newId(), newId(), newId()];
    for (const fan of [...fans, binh]) await follows(fan, anna);
    await world.becomesReader(binh);
    const post = await publishes(anna);
    await world.deliver(world.truth.unfollow(fans[0] ?? '', anna));
    expect(await world.entriesOf(binh)).toEqual([]);
    await world.deliver(world.truth.unfollow(fans[1] ?? '', anna));
    expect((await world.entriesOf(binh)).map(({ post_id: id }) => id)).toEqual([post]);
  });

  it('give the same feed as a look-up', async () => {
    await follows(binh, anna);
    await world.becomesReader(binh);
    for (let index = 0; index < 5; index += 1) await publishes(anna);
    const kept = await world.wholeHome(binh);
    await world.flushTimelines();
    expect(await world.wholeHome(binh)).toEqual(kept);
  });

  it('are not written for who was away for long, and are built anew when they come back', async () => {
    await follows(binh, anna);
    await world.becomesReader(binh);
    world.now = new Date(world.now.getTime() + 40 * 86_400_000);
    const post = await publishes(anna);
    expect(await world.entriesOf(binh)).toEqual([]);
    expect(await feedOf(binh)).toEqual([post]);
    await world.settled();
    expect((await world.entriesOf(binh)).map(({ post_id: id }) => id)).toEqual([post]);
  });
});

describe('who asks', () => {
  it('gives nothing to a guest or for another viewer', async () => {
    expect((await world.answer(null, { first: 5 })).feed).toBeNull();
    expect((await world.answer(binh, { first: 5 }, anna)).feed).toBeNull();
  });

  it('seals where the live feed begins, for this viewer alone', async () => {
    await follows(binh, anna);
    await publishes(anna);
    const { liveCursor } = await world.home(binh);
    expect(new SealedCursors(world.secret).open('home', binh, liveCursor)).toEqual([
      expect.any(Number),
      expect.any(Number),
      expect.any(String),
      expect.any(Number),
      expect.any(Number),
      world.now.getTime(),
    ]);
    expect(new SealedCursors(world.secret).open('home', chen, liveCursor)).toBeNull();
  });
});

describe('when others are away', () => {
  beforeEach(async () => {
    await follows(binh, anna);
    await publishes(anna);
    await world.home(binh);
  });

  it('is unavailable without content, never empty', async () => {
    world.dead.add('content');
    const { feed, errors } = await world.answer(binh, { first: 5 });
    expect([feed, errors]).toEqual([null, [{ code: 'UNAVAILABLE', path: ['_entities', 0, 'homeFeed'] }]]);
  });

  it('goes on without social and accounts for those whose relations are known', async () => {
    world.dead.add('social').add('accounts');
    expect(await feedOf(binh)).toHaveLength(1);
  });

  it('is unavailable without social for those whose relations are not known', async () => {
    world.dead.add('social');
    world.newEpoch();
    expect((await world.answer(binh, { first: 5 })).errors).toMatchObject([{ code: 'UNAVAILABLE' }]);
  });
});
