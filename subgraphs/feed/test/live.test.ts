import { openDatabase } from '@plaza/db/database';
import { newId } from '@plaza/kernel/id';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LiveLogStore } from '../src/modules/timeline/live-log.store.js';
import { modelChecksums, rebuildModels } from '../src/modules/timeline/rebuild.calls.js';
import { FeedWorld, FOLLOW_DEFAULTS } from './feed-world.js';
import type { LiveFeed } from './live-feed.js';

const DAY_MS = 86_400_000;
let world: FeedWorld;
let anna: string;
let binh: string;
let chen: string;

beforeAll(async () => {
  world = await FeedWorld.open({ pushMaxFollowers: 10 });
  world.isStrict = true;
});
afterAll(() => world.close());
beforeEach(async () => {
  [anna, binh, chen] = [newId(), newId(), newId()];
  world.dead.clear();
  await follows(binh, anna);
});

let tick = 0;
const later = (): Date => new Date(Date.parse('2026-10-01T00:00:00Z') + 1_000 * (tick += 1));

async function publishes(authorId: string, options: Parameters<FeedWorld['truth']['publish']>[2] = {}): Promise<string> {
  const event = world.truth.publish(authorId, later(), options);
  await world.deliver(event);
  return event.key;
}
async function follows(follower: string, followee: string): Promise<void> {
  const event = world.truth.follow(follower, followee, later(), FOLLOW_DEFAULTS);
  world.newEpoch();
  await world.deliver(event);
}
async function unfollows(follower: string, followee: string): Promise<void> {
  const event = world.truth.unfollow(follower, followee);
  world.newEpoch();
  await world.deliver(event);
}
async function blocks(one: string, other: string): Promise<void> {
  world.blocks.add(`${one} ${other}`);
  const ended = [
    [one, other],
    [other, one],
  ].flatMap(([a = '', b = '']) => (world.truth.followOf(a, b) === undefined ? [] : [world.truth.unfollow(a, b)]));
  world.newEpoch();
  await world.deliver(...ended, world.truth.block(one, other));
}
/** From a page on: a stream without a cursor begins whenever it has come that far. */
const opens = async (who: string): Promise<LiveFeed> => world.watch(who, (await world.home(who)).liveCursor);
const reposts = (who: string, postId: string): Promise<void> => world.deliver(world.truth.repost(who, postId, later()));
/** Somebody whom eleven follow, Binh among them. */
async function celebrity(): Promise<string> {
  const star = newId();
  for (let n = 0; n < 10; n += 1) await follows(newId(), star);
  await follows(binh, star);
  return star;
}

describe('what comes into an open feed', () => {
  it('is told: new posts, reposts, what is restored', async () => {
    const live = await opens(binh);
    const post = await publishes(anna);
    const strangers = await publishes(chen);
    await reposts(anna, strangers);
    await world.deliver(world.truth.delete(post));
    await world.deliver(world.truth.restore(post));
    expect(await live.has(4)).toEqual([`+${post}`, `+${strangers}`, `-${post}`, `+${post}`]);
    await live.close();
  });

  it('is told of pulled authors by their own log', async () => {
    const star = await celebrity();
    await world.becomesReader(binh);
    const live = await opens(binh);
    const post = await publishes(star);
    const other = await publishes(anna);
    expect(await live.has(2)).toEqual([`+${post}`, `+${other}`]);
    const { rows } = await world.pool.query('SELECT 1 FROM reader_log WHERE post_id = $1', [post]);
    expect(rows).toEqual([]);
    await live.close();
  });

  it('is told once, whoever brings it again', async () => {
    const star = await celebrity();
    await follows(binh, chen);
    const live = await opens(binh);
    const post = await publishes(anna);
    await reposts(chen, post);
    await reposts(star, post);
    const last = await publishes(anna);
    expect(await live.has(2)).toEqual([`+${post}`, `+${last}`]);
    await live.close();
  });

  it('is what a new followee has brought already', async () => {
    const star = await celebrity();
    await unfollows(binh, star);
    const [chens, stars] = [await publishes(chen), await publishes(star)];
    const live = await opens(binh);
    await follows(binh, chen);
    await follows(binh, star);
    expect(await live.has(2)).toEqual([`+${chens}`, `+${stars}`]);
    await live.close();
  });

  it('is to be read anew when a followee brings more than a hundred posts', async () => {
    for (let n = 0; n < 101; n += 1) await publishes(chen);
    const live = await opens(binh);
    await follows(binh, chen);
    expect(await live.has(1)).toEqual(['TOO_MUCH_CHANGED']);
    const post = await publishes(chen);
    expect((await live.has(2)).slice(1)).toEqual([`+${post}`]);
    await live.close();
  });

  it('is not what the viewer may not see', async () => {
    const live = await opens(binh);
    await publishes(anna, { audience: 'MUTUALS' });
    await publishes(anna, { audience: 'ONLY_ME' });
    const post = await publishes(anna);
    expect(await live.has(1)).toEqual([`+${post}`]);
    await live.close();
  });
});

describe('an edit', () => {
  it('is told to those who have the post', async () => {
    const post = await publishes(anna);
    const live = await opens(binh);
    await world.deliver(world.truth.edit(post, 'PUBLIC'));
    expect(await live.has(1)).toEqual([`*${post}`]);
    await live.close();
  });

  it('that narrows the audience takes the post from those who are out of it, one that widens it brings it', async () => {
    const post = await publishes(anna);
    const live = await opens(binh);
    await world.deliver(world.truth.edit(post, 'MUTUALS'));
    await world.deliver(world.truth.edit(post, 'FOLLOWERS'));
    expect(await live.has(2)).toEqual([`-${post}`, `+${post}`]);
    await live.close();
  });
});

describe('what the reader holds is taken back', () => {
  it.each(['followed by few', 'followed by many'])('when it is deleted, unreposted, unfollowed: of somebody %s', async (size) => {
    const author = size === 'followed by few' ? anna : await celebrity();
    const [deleted, reposted, kept] = [await publishes(author), await publishes(newId()), await publishes(author)];
    await reposts(author, reposted);
    const live = await opens(binh);
    await world.deliver(world.truth.delete(deleted));
    await world.deliver(world.truth.undoRepost(author, reposted));
    await unfollows(binh, author);
    expect(await live.has(3)).toEqual([`-${deleted}`, `-${reposted}`, `-${kept}`]);
    await live.close();
  });

  it.each(['followed by few', 'followed by many'])('also while they were away: of somebody %s', async (size) => {
    const author = size === 'followed by few' ? anna : await celebrity();
    const [deleted, reposted, kept] = [await publishes(author), await publishes(newId()), await publishes(author)];
    await reposts(author, reposted);
    const { liveCursor } = await world.home(binh);
    await world.deliver(world.truth.delete(deleted));
    await world.deliver(world.truth.undoRepost(author, reposted));
    await unfollows(binh, author);
    const live = await world.watch(binh, liveCursor);
    expect(await live.has(3)).toEqual([`-${deleted}`, `-${reposted}`, `-${kept}`]);
    await live.close();
  });

  it.each([
    ['the reader', true],
    ['the author', false],
  ])('when %s blocks the other, also what others brought', async (_who, isReader) => {
    await follows(binh, chen);
    const [own, brought] = [await publishes(anna), await publishes(anna)];
    await reposts(chen, brought);
    const live = await opens(binh);
    await (isReader ? blocks(binh, anna) : blocks(anna, binh));
    await publishes(anna);
    const last = await publishes(chen);
    const lines = await live.has(3);
    expect(new Set(lines)).toEqual(new Set([`-${own}`, `-${brought}`, `+${last}`]));
    await live.close();
  });

  it('when who wrote or brought it is muted, and to be read anew when that ends', async () => {
    await follows(binh, chen);
    const [own, brought] = [await publishes(anna), await publishes(newId())];
    await reposts(anna, brought);
    const live = await opens(binh);
    world.mutes.add(`${binh} ${anna}`);
    world.newEpoch();
    await world.deliver(world.truth.mute(binh, anna));
    expect(new Set(await live.has(2))).toEqual(new Set([`-${own}`, `-${brought}`]));
    world.mutes.clear();
    world.newEpoch();
    await world.deliver(world.truth.unmute(binh, anna));
    expect((await live.has(3)).slice(2)).toEqual(['TOO_MUCH_CHANGED']);
    await live.close();
  });

  it('but not while somebody else brings it', async () => {
    await follows(binh, chen);
    const post = await publishes(anna);
    await reposts(chen, post);
    const live = await opens(binh);
    await unfollows(binh, anna);
    const last = await publishes(chen);
    expect(await live.has(1)).toEqual([`+${last}`]);
    await live.close();
  });
});

describe('who comes back', () => {
  it('with the cursor of a home feed gets what was made since', async () => {
    const { liveCursor } = await world.home(binh);
    const post = await publishes(anna);
    const live = await world.watch(binh, liveCursor);
    expect(await live.has(1)).toEqual([`+${post}`]);
    await live.close();
  });

  it('with the cursor of an event gets what was made since, once and in order', async () => {
    const star = await celebrity();
    const { liveCursor } = await world.home(binh);
    const made: string[] = [];
    for (let n = 0; n < 12; n += 1) made.push(await publishes(n % 3 === 0 ? star : anna));
    const expected = made.map((post) => `+${post}`);
    const all = await world.watch(binh, liveCursor);
    expect(await all.has(12)).toEqual(expected);
    const cursors = all.told.map(({ cursor }) => cursor);
    for (const index of [0, 4, 11]) {
      const again = await world.watch(binh, cursors[index]);
      const last = await publishes(anna);
      expected.push(`+${last}`);
      expect(await again.has(expected.length - index - 1)).toEqual(expected.slice(index + 1));
      await again.close();
    }
    await all.close();
  });

  it('loses nothing to a transaction that was held open meanwhile', async () => {
    const { liveCursor } = await world.home(binh);
    const first = await publishes(anna);
    const holder = await world.pool.connect();
    await holder.query('BEGIN');
    const { rows } = await holder.query<{ number: string }>('UPDATE feed_clock SET number = number + 1 RETURNING number');
    const held = newId();
    await holder.query(`INSERT INTO reader_log (reader_id, number, post_id, kind, upto) VALUES ($1, $2, $3, 'EDIT', $2)`, [
      binh,
      rows[0]?.number,
      first,
    ]);
    const live = await world.watch(binh, liveCursor);
    expect(await live.has(1)).toEqual([`+${first}`]);
    const { cursor } = live;
    const second = publishes(anna, { postId: held });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await holder.query('COMMIT');
    holder.release();
    await second;
    const resumed = await world.watch(binh, cursor);
    expect(await resumed.has(2)).toEqual([`*${first}`, `+${held}`]);
    await resumed.close();
    await live.close();
  });

  it('after more than seven days is to read the feed anew, and goes on from there', async () => {
    const { liveCursor } = await world.home(binh);
    await publishes(anna);
    const before = world.now;
    world.now = new Date(before.getTime() + 7 * DAY_MS + 1);
    const live = await world.watch(binh, liveCursor);
    expect(await live.has(1)).toEqual(['CURSOR_EXPIRED']);
    const post = await publishes(anna);
    expect((await live.has(2)).slice(1)).toEqual([`+${post}`]);
    await live.close();
    world.now = before;
  });

  it('after more than 10,000 events, or with a cursor of somebody else, is to read the feed anew', async () => {
    const { liveCursor } = await world.home(binh);
    const others = await world.watch(chen, liveCursor);
    expect(await others.has(1)).toEqual(['CURSOR_UNKNOWN']);
    await others.close();
    await world.pool.query(
      `INSERT INTO reader_log (reader_id, number, post_id, kind, upto)
        SELECT $1, number + 1, gen_random_uuid(), 'TOUCH', 0 FROM feed_clock, generate_series(1, 10001)`,
      [binh],
    );
    await world.pool.query('UPDATE feed_clock SET number = number + 1');
    const late = await world.watch(binh, liveCursor);
    expect(await late.has(1)).toEqual(['CURSOR_EXPIRED']);
    await late.close();
  });

  it('after thirty days finds a feed that is kept again', async () => {
    await world.becomesReader(binh);
    const before = world.now;
    world.now = new Date(before.getTime() + 40 * DAY_MS);
    await publishes(anna);
    const { liveCursor } = await world.home(binh);
    const post = await publishes(anna);
    const live = await world.watch(binh, liveCursor);
    expect(await live.has(1)).toEqual([`+${post}`]);
    await live.close();
    world.now = before;
  });
});

describe('an author', () => {
  const followers = (): readonly string[] => Array.from({ length: 10 }, newId);

  it('who becomes too big to be pushed is told of all the same, and again when they become small', async () => {
    const fans = followers();
    for (const fan of fans.slice(1)) await follows(fan, anna);
    const held = await publishes(anna);
    const { liveCursor } = await world.home(binh);
    const live = await world.watch(binh, liveCursor);
    const [first = ''] = fans;
    await follows(first, anna);
    expect(await modeOf(anna)).toBe('PULL');
    const pulled = await publishes(anna);
    expect(await live.has(1)).toEqual([`+${pulled}`]);
    const { cursor } = live;

    for (const fan of fans.slice(0, 4)) await unfollows(fan, anna);
    expect(await modeOf(anna)).toBe('PUSH');
    const pushed = await publishes(anna);
    await world.deliver(world.truth.delete(held));
    expect(await live.has(3)).toEqual([`+${pulled}`, `+${pushed}`, `-${held}`]);
    await live.close();

    for (const [after, expected] of [
      [liveCursor, [`+${pulled}`, `+${pushed}`, `-${held}`]],
      [cursor, [`+${pushed}`, `-${held}`]],
    ] as const) {
      const again = await world.watch(binh, after);
      expect(await again.has(expected.length)).toEqual(expected);
      await again.close();
    }
  });

  it('whose fact waits for its task when they become too big is told of once', async () => {
    for (const fan of followers().slice(1)) await follows(fan, anna);
    const { liveCursor } = await world.home(binh);
    const last = world.truth.follow(newId(), anna, later(), FOLLOW_DEFAULTS);
    const posts = [0, 1, 2, 3].map(() => world.truth.publish(anna, later()));
    world.newEpoch();
    await Promise.all([...posts.slice(0, 2), last, ...posts.slice(2)].map((event) => world.deliver(event)));
    const live = await world.watch(binh, liveCursor);
    expect(new Set(await live.has(4))).toEqual(new Set(posts.map(({ key }) => `+${key}`)));
    expect(live.lines).toHaveLength(4);
    await live.close();
  });

  async function modeOf(authorId: string): Promise<unknown> {
    const { rows } = await world.pool.query<{ mode: string }>('SELECT mode FROM author_mode WHERE author_id = $1', [authorId]);
    return rows[0]?.mode;
  }
});

describe('logs', () => {
  it('end with a rebuild: whoever watches is to read the feed anew', async () => {
    const live = await opens(binh);
    const { liveCursor } = await world.home(binh);
    await world.ask(rebuildModels);
    while (modelChecksums.output.parse(await world.ask(modelChecksums)).isRebuilding)
      await new Promise((resolve) => setTimeout(resolve, 10));
    const again = await world.watch(binh, liveCursor);
    expect(await again.has(1)).toEqual(['CURSOR_EXPIRED']);
    const post = await publishes(anna);
    expect((await again.has(2)).slice(1)).toEqual([`+${post}`]);
    expect((await live.has(1))[0]).toBe('CURSOR_EXPIRED');
    await live.close();
    await again.close();
  });

  it('and what feeds were are forgotten after their time', async () => {
    const post = await publishes(anna);
    await world.becomesReader(binh);
    await world.deliver(world.truth.edit(post, 'FOLLOWERS'));
    await unfollows(binh, anna);
    const database = openDatabase({ url: world.url, prisma: () => ({ $disconnect: async () => {} }) });
    const store = new LiveLogStore();
    const forget = (before: Date, limit: number): Promise<boolean> => database.transaction((tx) => store.forget(tx, before, limit));
    const kept = async (): Promise<number> =>
      (
        await world.pool.query(
          'SELECT FROM reader_log UNION ALL SELECT FROM actor_log UNION ALL SELECT FROM followee_past UNION ALL SELECT FROM feed_item_past',
        )
      ).rows.length;
    const before = await kept();
    expect(await forget(new Date(Date.now() - 3_600_000), 100)).toBe(false);
    expect(await kept()).toBe(before);
    while (await forget(new Date(Date.now() + 60_000), 1));
    expect(await kept()).toBe(0);
    await database.close();
  });
});

describe('sockets', () => {
  it('of one reader are told the same', async () => {
    const lives = [await opens(binh), await opens(binh), await opens(binh)];
    const post = await publishes(anna);
    for (const live of lives) {
      expect(await live.has(1)).toEqual([`+${post}`]);
      await live.close();
    }
  });

  it('break when something cannot be looked at, and nothing is lost', async () => {
    const { liveCursor } = await world.home(binh);
    const live = await world.watch(binh, liveCursor);
    world.dead.add('content');
    const post = await publishes(anna);
    await live.ended();
    expect(live.end).toMatchObject({ error: expect.anything() });
    world.dead.clear();
    const again = await world.watch(binh, liveCursor);
    expect(await again.has(1)).toEqual([`+${post}`]);
    await again.close();
  });
});
