import { setTimeout as pause } from 'node:timers/promises';
import type { Person } from '@plaza/testing/people';
import type { World } from '@plaza/testing/world';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../story/expect.js';
import { startPlaza } from '../world.js';
import { type End, Line, type Told } from './watcher.js';

let world: World;
const lines: Line[] = [];
beforeAll(async () => {
  world = await startPlaza();
});
afterAll(async () => {
  await Promise.all(lines.map((line) => line.close()));
  await world.stop();
});

interface Watching {
  readonly line: Line;
  readonly told: Told[];
  end: End | null;
  has(count: number): Promise<readonly Told[]>;
}

function watch(who: Person | null, postId: string, after: string | null = null): Watching {
  const line = new Line(world.url, who?.tokens.accessToken ?? null);
  lines.push(line);
  const told: Told[] = [];
  const watching: Watching = {
    line,
    told,
    end: null,
    async has(count) {
      await until(`${count} events, not ${JSON.stringify([told, this.end])}`, 60_000, async () => told.length >= count);
      return told;
    },
  };
  void line.watch(postId, after, (event) => told.push(event)).then((end) => (watching.end = end));
  return watching;
}

const cursorOf = async (who: Person, postId: string): Promise<string> => {
  const { json } = await who.graphql('query ($id: ID!) { node(id: $id) { ... on Post { activityCursor } } }', { id: postId });
  return json.data.node.activityCursor;
};

it('shows likes and comments with names that another subgraph knows, and after a cut line exactly what came since', async () => {
  const [anna, binh, chen] = await world.people('anna', 'binh', 'chen');
  const postId = await anna.publishes('watch me');
  const before = watch(binh, postId, await cursorOf(binh, postId));
  await chen.likes(postId);
  await chen.comments(postId, 'one');
  expect(await before.has(2)).toMatchObject([
    { user: { handle: chen.handle }, likeCount: 1 },
    { comment: { text: 'one', author: { handle: chen.handle } }, commentCount: 1 },
  ]);

  before.line.cut();
  await until('the line is cut', 60_000, async () => before.end === 'broken');
  await chen.comments(postId, 'two');
  await chen.comments(postId, 'three');

  const after = watch(binh, postId, before.told.at(-1)?.cursor);
  expect((await after.has(2)).map(({ comment }) => comment?.text)).toEqual(['two', 'three']);
  await pause(100);
  expect([before.told.length, after.told.length]).toEqual([2, 2]);
});

it('tells everybody the same, but nobody of those whom they block or who block them', async () => {
  const [anna, chen, dan, ...watchers] = await world.people('anna', 'chen', 'dan', 'w1', 'w2', 'w3', 'w4');
  const postId = await anna.publishes('watch me, all of you');
  const after = await cursorOf(anna, postId);
  const all = [...watchers.map((who) => watch(who, postId, after)), watch(null, postId, after)];
  await dan.comments(postId, 'one');
  await Promise.all(all.map((watching) => watching.has(1)));
  await watchers[0].blocks(chen);
  await chen.blocks(watchers[1]);
  await chen.comments(postId, 'two');
  await dan.comments(postId, 'three');
  const texts = async (watching: Watching | undefined, count: number) => (await watching?.has(count))?.map(({ comment }) => comment?.text);
  expect(await Promise.all(all.map((watching, index) => texts(watching, index < 2 ? 2 : 3)))).toEqual([
    ...[1, 2].map(() => ['one', 'three']),
    ...[1, 2, 3].map(() => ['one', 'two', 'three']),
  ]);
  await anna.blocks(watchers[2]);
  await dan.comments(postId, 'four');
  await all[3]?.has(4);
  await pause(100);
  expect(all[2]?.told.length).toBe(3);
});

it('ends for those who may not see the post any more, and was never there for those who never could', async () => {
  const [anna, follower, stranger] = await world.people('anna', 'follower', 'stranger');
  await follower.follows(anna);
  const postId = await anna.publishes('for now');
  const [near, far] = [watch(follower, postId), watch(stranger, postId)];
  await until('both listen', 60_000, async () => {
    await anna.likes(postId);
    await anna.unlikes(postId);
    return near.told.length > 0 && far.told.length > 0;
  });
  await anna.edits(postId, { expectedRevision: 1, text: 'for now', audience: 'FOLLOWERS' });
  await until('the stranger’s end', 60_000, async () => far.end !== null);
  expect(far.end).toBe('completed');
  const had = near.told.length;
  await anna.comments(postId, 'among us');
  await near.has(had + 1);

  const refused = await Promise.all(
    [postId, 'post_01h455vb4pex5vsknk084sn02q'].map(
      (id) =>
        new Promise((resolve) => {
          const line = new Line(world.url, stranger.tokens.accessToken);
          lines.push(line);
          void line.watch(id, null, () => {}).then(resolve);
        }),
    ),
  );
  expect(refused[0]).toEqual(refused[1]);
  expect(refused[0]).toMatchObject({ errors: [{ message: 'There is no such post.', extensions: { code: 'BAD_USER_INPUT' } }] });
});
