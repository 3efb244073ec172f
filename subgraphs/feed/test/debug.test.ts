import { newId } from '@plaza/kernel/id';
import { toTypeId } from '@plaza/kernel/type-id';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FeedWorld, FOLLOW_DEFAULTS } from './feed-world.js';

let world: FeedWorld;
beforeAll(async () => {
  world = await FeedWorld.open({ pushMaxFollowers: 3 });
});
afterAll(() => world.close());

const OPERATOR = { id: newId(), scopes: ['full', 'plaza:operator'] };
const ask = (userId: string, viewer: { readonly id: string; readonly scopes: readonly string[] } = OPERATOR) =>
  world.query(
    'query ($id: ID!) { debug { fanout(userId: $id) { mode followerCount threshold } } }',
    { id: toTypeId('user', userId) },
    viewer,
  );
async function isFollowedBy(userId: string, count: number): Promise<readonly string[]> {
  const followers = Array.from({ length: count }, newId);
  for (const follower of followers) await world.deliver(world.truth.follow(follower, userId, new Date(), FOLLOW_DEFAULTS));
  return followers;
}

it('tells an operator who is pushed and who is pulled', async () => {
  const [anna, binh] = [newId(), newId()];
  await isFollowedBy(anna, 3);
  const [first = '', second = ''] = await isFollowedBy(binh, 4);
  expect(await ask(anna)).toEqual({ data: { debug: { fanout: { mode: 'PUSH', followerCount: 3, threshold: 3 } } } });
  expect(await ask(binh)).toEqual({ data: { debug: { fanout: { mode: 'PULL', followerCount: 4, threshold: 3 } } } });

  await world.deliver(world.truth.unfollow(first, binh));
  expect(await ask(binh)).toMatchObject({ data: { debug: { fanout: { mode: 'PULL', followerCount: 3 } } } });
  await world.deliver(world.truth.unfollow(second, binh));
  expect(await ask(binh)).toMatchObject({ data: { debug: { fanout: { mode: 'PUSH', followerCount: 2 } } } });
});

it('pushes somebody whom nobody follows', async () => {
  expect(await ask(newId())).toEqual({ data: { debug: { fanout: { mode: 'PUSH', followerCount: 0, threshold: 3 } } } });
});

it('has nothing to tell of somebody who is hidden, gone or was never there', async () => {
  const [blocking, erased] = [newId(), newId()];
  world.blocked.add(blocking);
  world.states.set(erased, 'ERASED');
  const nothing = { data: { debug: { fanout: null } } };
  expect(await ask(blocking)).toEqual(nothing);
  expect(await ask(erased)).toEqual(nothing);
  expect(await world.query('{ debug { fanout(userId: "user_of_nobody") { mode } } }', {}, OPERATOR)).toEqual(nothing);
});

it('refuses whoever is no operator', async () => {
  const answer = await ask(newId(), { id: newId(), scopes: ['full'] });
  expect(answer).toMatchObject({ data: { debug: null }, errors: [{ path: ['debug'], extensions: { code: 'INSUFFICIENT_SCOPE' } }] });
});
