import { sqlStatements } from '@plaza/telemetry/metrics';
import type { World } from '@plaza/testing/world';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPlaza } from '../world.js';

let world: World;
beforeAll(async () => {
  world = await startPlaza('in-process');
}, 60_000);
afterAll(() => world.stop());

const sent = async (): Promise<number> => (await sqlStatements.get()).values[0]?.value ?? 0;

it('sends as many SQL statements for a home page of 100 posts as for one of 1 or 20', { timeout: 120_000 }, async () => {
  const [reader, ...authors] = await world.people('reader', ...Array.from({ length: 10 }, (_, n) => `author${n}`));
  for (const author of authors) await reader.follows(author);
  for (let n = 0; n < 12; n += 1) {
    for (const [index, author] of authors.entries()) {
      const postId = await author.publishes(`post ${n}`);
      const friend = authors[(index + 1) % authors.length];
      await friend?.likes(postId);
      await friend?.comments(postId, 'one');
      await reader.comments(postId, 'two');
    }
  }
  await world.settled();
  const once = async (first: number): Promise<number> => {
    const before = await sent();
    expect(await reader.home(first)).toHaveLength(first);
    return (await sent()) - before;
  };
  // Relays look around once a second meanwhile: the least of several looks is the query's own number.
  const statements = async (first: number): Promise<number> => {
    const looks: number[] = [];
    for (let look = 0; look < 6; look += 1) looks.push(await once(first));
    return Math.min(...looks);
  };
  for (const first of [1, 20, 100]) await statements(first);
  const counts = [await statements(1), await statements(20), await statements(100)];
  expect(counts[0]).toBeGreaterThan(5);
  expect(new Set(counts)).toEqual(new Set([counts[0]]));
});
