import type { World } from '@plaza/testing/world';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPlaza } from '../world.js';

let world: World;
beforeAll(async () => {
  world = await startPlaza();
});
afterAll(() => world.stop());

it('counts a hundred likes by a hundred people as a hundred', async () => {
  const anna = await world.person('anna');
  const postId = await anna.publishes('like me');
  const people = await world.people(...Array.from({ length: 100 }, (_, n) => `p${n}`));
  await Promise.all(people.map((person) => person.likes(postId)));
  expect((await anna.likes(postId)).likeCount).toBe(101);
  await Promise.all(people.map((person) => person.likes(postId)));
  await Promise.all(people.slice(0, 40).map((person) => person.unlikes(postId)));
  expect((await anna.likes(postId)).likeCount).toBe(61);
});
