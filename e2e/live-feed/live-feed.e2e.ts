import type { Person } from '@plaza/testing/people';
import type { World } from '@plaza/testing/world';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPlaza } from '../world.js';
import { FeedLine } from './feed-line.js';

let world: World;
const lines: FeedLine[] = [];
beforeAll(async () => {
  process.env['FEED_PUSH_MAX_FOLLOWERS'] = '10';
  world = await startPlaza();
});
afterAll(async () => {
  await Promise.all(lines.map((line) => line.close()));
  await world.stop();
  delete process.env['FEED_PUSH_MAX_FOLLOWERS'];
});

function watch(who: Person, after: string | null): FeedLine {
  const line = new FeedLine(world.url, who.tokens.accessToken, after);
  lines.push(line);
  return line;
}
const follows = (who: Person, whom: Person): Promise<unknown> => who.does('Follow', { userId: whom.id });
const liveCursorOf = async (who: Person): Promise<string> => (await who.plays('Home', { first: 20 })).me.homeFeed.liveCursor;

it('shows the next post on an open feed, and one that was made between the page and the subscription', async () => {
  const [anna, binh] = await world.people('anna', 'binh');
  await follows(binh, anna);
  await world.settled();
  const cursor = await liveCursorOf(binh);
  const between = await anna.publishes('between');
  const line = watch(binh, cursor);
  expect(await line.has(1)).toMatchObject([{ item: { id: between, text: 'between', author: { handle: anna.handle } } }]);

  const next = await anna.publishes('next');
  expect((await line.has(2))[1]).toMatchObject({ item: { id: next, text: 'next' } });
  await anna.deletes(between);
  expect((await line.has(3))[2]).toMatchObject({ itemId: between });
  await binh.does('Mute', { userId: anna.id });
  expect((await line.has(4))[3]).toMatchObject({ itemId: next });
});

it('loses nothing and repeats nothing over a cut line, whether authors are pushed or pulled', async () => {
  const [binh, dung, star] = await world.people('binh', 'dung', 'star');
  const fans = await world.people(...Array.from({ length: 10 }, (_, n) => `fan${n}`));
  await Promise.all([follows(binh, dung), ...[...fans, binh].map((fan) => follows(fan, star))]);
  await world.settled();
  const first = watch(binh, await liveCursorOf(binh));
  const one = await star.publishes('one');
  const two = await dung.publishes('two');
  await first.has(2);
  expect(new Set(first.told.map(({ item }) => item?.id))).toEqual(new Set([one, two]));
  expect(await world.tables('feed').sql`SELECT FROM timeline_entry WHERE author_id = ${star.uuid}`).toEqual([]);

  await first.cut();
  const three = await star.publishes('three');
  await world.settled();
  const four = await dung.publishes('four');
  await world.settled();
  const again = watch(binh, first.cursor);
  const five = await star.publishes('five');
  expect((await again.has(3)).map(({ item }) => item?.id)).toEqual([three, four, five]);

  await star.does('Block', { userId: binh.id });
  await again.has(6);
  expect(new Set(again.told.slice(3).map(({ itemId }) => itemId))).toEqual(new Set([one, three, five]));
});

it('is nobody’s but the viewer’s', async () => {
  const [anna, binh] = await world.people('anna', 'binh');
  const line = watch(binh, await liveCursorOf(anna));
  expect(await line.has(1)).toMatchObject([{ reason: 'CURSOR_UNKNOWN' }]);
});

it('shows how somebody is fanned out to operators alone', async () => {
  const anna = await world.person('anna');
  const { json } = await anna.graphql('query ($id: ID!) { debug { fanout(userId: $id) { mode } } }', { id: anna.id });
  expect(json).toMatchObject({ data: { debug: null }, errors: [{ extensions: { code: 'INSUFFICIENT_SCOPE' } }] });
});
