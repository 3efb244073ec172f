import type { World } from '@plaza/testing/world';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPlaza } from '../world.js';

let world: World;
beforeAll(async () => {
  world = await startPlaza();
});
afterAll(() => world.stop());

it('shows nothing twice and misses nothing of what was there, while 1,000 posts arrive', async () => {
  const [reader, ...authors] = await world.people('reader', 'a', 'b', 'c', 'd');
  for (const author of authors) await reader.follows(author);
  const before: string[] = [];
  for (let n = 0; n < 40; n += 1) for (const author of authors) before.push(await author.publishes(`before ${n}`));
  await world.settled();

  const arriving = Promise.all(
    authors.map(async (author) => {
      for (let n = 0; n < 250; n += 1) await author.publishes(`meanwhile ${n}`);
    }),
  );
  const seen: string[] = [];
  const positions: string[] = [];
  for (let after: string | null = null; ;) {
    const { me } = await reader.plays('Home', { first: 10, after });
    for (const { node, insertedAt } of me.homeFeed.edges) {
      seen.push(node.id);
      positions.push(insertedAt);
    }
    if (!me.homeFeed.pageInfo.hasNextPage) break;
    after = me.homeFeed.pageInfo.endCursor;
  }
  await arriving;

  expect(new Set(seen).size).toBe(seen.length);
  expect(positions).toEqual(positions.toSorted().toReversed());
  expect(before.filter((id) => !seen.includes(id))).toEqual([]);
});
