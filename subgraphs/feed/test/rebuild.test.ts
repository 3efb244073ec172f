import { newId } from '@plaza/kernel/id';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { modelChecksums, rebuildModels } from '../src/modules/timeline/rebuild.calls.js';
import { FeedWorld, FOLLOW_DEFAULTS } from './feed-world.js';

let world: FeedWorld;
beforeEach(async () => {
  world = await FeedWorld.open({ pushMaxFollowers: 4, timelineCapacity: 12 });
});
afterEach(() => world.close());

const START = Date.parse('2026-10-01T00:00:00Z');

/** A small town: somebody is pulled, something was deleted, timelines were trimmed. */
async function town(): Promise<readonly string[]> {
  const people = Array.from({ length: 8 }, newId);
  const at = (n: number): Date => new Date(START + n * 1_000);
  const who = (n: number): string => people[n % people.length] ?? '';
  for (const [index, follower] of people.entries()) {
    for (let n = 1; n <= 3; n += 1) {
      await world.deliver(world.truth.follow(follower, who(index + n), at(n), { ...FOLLOW_DEFAULTS, languages: n === 3 ? ['en'] : [] }));
    }
    if (index !== 0 && world.truth.followOf(follower, who(0)) === undefined)
      await world.deliver(world.truth.follow(follower, who(0), at(9), FOLLOW_DEFAULTS));
  }
  for (const person of people.slice(0, 6)) await world.becomesReader(person);
  for (let n = 0; n < 60; n += 1) {
    const event = world.truth.publish(who(n * 7 + (n >> 3)), at(100 + n), { language: n % 3 === 0 ? 'vi' : 'en' });
    await world.deliver(event);
    if (n % 4 === 0) await world.deliver(world.truth.repost(who(n + 1), event.key, at(200 + n)));
    if (n % 9 === 0) await world.deliver(world.truth.delete(event.key));
  }
  world.newEpoch();
  return people;
}

async function checksums() {
  const { models } = modelChecksums.output.parse(await world.ask(modelChecksums));
  return models.toSorted((a, b) => (a.model < b.model ? -1 : 1));
}

async function rebuilt(): Promise<void> {
  await world.ask(rebuildModels);
  while (modelChecksums.output.parse(await world.ask(modelChecksums)).isRebuilding) await new Promise((resolve) => setTimeout(resolve, 10));
}

it('brings every read model back to the same checksum', async () => {
  await town();
  const before = await checksums();
  expect(before.every(({ rows }) => rows > 0)).toBe(true);
  await rebuilt();
  expect(await checksums()).toEqual(before);
});

it('repairs models that were spoilt, timelines and all', async () => {
  const people = await town();
  const feeds = await Promise.all(people.map((person) => world.wholeHome(person)));
  await world.settled();
  const before = await checksums();
  await world.pool.query(`DELETE FROM feed_item WHERE kind = 'REPOST'; UPDATE followee SET languages = '{}'; DELETE FROM timeline_entry`);
  expect(await checksums()).not.toEqual(before);
  await rebuilt();
  expect(await checksums()).toEqual(before);
  expect(await Promise.all(people.map((person) => world.wholeHome(person)))).toEqual(feeds);
});

it('keeps the old models when an owner cannot be asked', async () => {
  await town();
  const before = await checksums();
  world.dead.add('social');
  await rebuilt();
  expect(await checksums()).toEqual(before);
});

it('takes what happens meanwhile once the sender tries again', async () => {
  const [author, reader] = [newId(), newId()];
  await world.deliver(world.truth.follow(reader, author, new Date(START), FOLLOW_DEFAULTS));
  await world.becomesReader(reader);
  world.newEpoch();
  const event = world.truth.publish(author, new Date(START + 1_000));
  await world.ask(rebuildModels);
  for (let isDone = false; !isDone;) {
    isDone = await world.deliver(event).then(
      () => true,
      () => false,
    );
  }
  expect((await world.wholeHome(reader)).map(({ postId }) => postId)).toEqual([event.key]);
});
