import { setUserState } from '@plaza/calls/contracts/accounts.calls';
import type { Answer, Guest, Person } from '@plaza/testing/people';
import type { World } from '@plaza/testing/world';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlaza } from '../world.js';

let world: World;
let people: { readonly anna: Person; readonly binh: Person; readonly chen: Person };
beforeAll(async () => {
  world = await startPlaza();
  const [anna, binh, chen] = await world.people('anna', 'binh', 'chen');
  people = { anna, binh, chen };
});
afterAll(() => world.stop());

const search = async (who: Guest, query: string, more: { readonly first?: number; readonly after?: string } = {}): Promise<Answer> =>
  (await who.plays('Search', { query, first: 20, ...more })).search;

/** Ids of posts and people, names of hashtags, in their order. */
const found = async (who: Guest, query: string): Promise<readonly string[]> =>
  (await search(who, query)).edges.map(({ node }: Answer) => node.id ?? `#${node.name}`);

const suggested = async (who: Guest, prefix: string): Promise<readonly string[]> =>
  (await who.plays('Suggest', { prefix })).searchSuggestions.map(({ text }: Answer) => text);

describe('search', () => {
  it('finds posts in three languages, and shows where', async () => {
    const { anna, binh, chen } = people;
    const english = await anna.publishes('Green tea and two worn shoes');
    const vietnamese = await binh.publishes('Sáng nay ăn phở bò ở Đà Nẵng #ẨmThực');
    const chinese = await chen.publishes('我最喜欢绿茶和乌龙茶');
    await world.settled();

    const guest = world.guest();
    expect(await found(guest, 'worn shoe')).toEqual([english]);
    expect(await found(guest, 'pho da nang')).toEqual([vietnamese]);
    expect(await found(guest, '"phở bò" lang:vi')).toEqual([vietnamese]);
    expect(await found(guest, '乌龙茶')).toEqual([chinese]);
    expect(await found(guest, `tea -shoes`)).toEqual([]);

    const { edges } = await search(guest, 'pho da nang');
    const slices = edges[0].highlights.map(({ field, ranges }: Answer) => [
      field,
      ranges.map(({ start, end }: Answer) => edges[0].node.text.slice(start, end)),
    ]);
    expect(slices).toEqual([['text', ['phở', 'Đà', 'Nẵng']]]);
    expect(edges[0].score).toBeGreaterThan(0);
  });

  it('finds hashtags without their accents, with how many posts carry them', async () => {
    const { binh, chen } = people;
    const [one, two] = [await binh.publishes('trà sữa #TràSữa'), await chen.publishes('再来一杯 #TràSữa')];
    await binh.publishes('only for me #TràSữa', { audience: 'ONLY_ME' });
    await world.settled();

    const { edges } = await search(world.guest(), '#trasua');
    expect(edges[0].node).toEqual({ __typename: 'Hashtag', name: 'tràsữa', postCount: 2 });
    expect(
      edges
        .slice(1)
        .map(({ node }: Answer) => node.id)
        .toSorted(),
    ).toEqual([one, two].toSorted());
    expect(await suggested(world.guest(), '#tra')).toEqual(['#tràsữa']);
  });

  it('finds people, who is called exactly so first, and suggests whom one follows first', async () => {
    const { anna, binh, chen } = people;
    expect((await found(anna, `@${chen.handle}`))[0]).toBe(chen.id);
    expect((await found(anna, chen.handle.slice(0, -1)))[0]).toBe(chen.id);
    expect(await suggested(anna, `@${binh.handle.slice(0, 4)}`)).toEqual([`@${binh.handle}`]);
  });

  it('says what it did not understand', async () => {
    const { warnings } = await search(world.guest(), 'tea color:red has:unicorn');
    expect(warnings.map(({ code, part }: Answer) => [code, part])).toEqual([
      ['UNKNOWN_OPERATOR', 'color:red'],
      ['UNKNOWN_VALUE', 'has:unicorn'],
    ]);
  });

  it('takes operators about posts', async () => {
    const { anna } = people;
    const linked = await anna.publishes('kettle at https://example.com/kettle');
    await world.settled();
    expect(await found(anna, 'kettle has:link')).toEqual([linked]);
    expect(await found(anna, 'kettle -has:link')).toEqual([]);
    expect((await found(anna, 'from:me'))[0]).toBe(linked);
    expect(await found(anna, `kettle from:${anna.handle} after:2020-01-01 before:2100-01-01`)).toEqual([linked]);
    expect(await found(anna, 'kettle from:nobody_at_all')).toEqual([]);
  });

  it('goes through pages without gaps or repeats; a cursor fits only its query and viewer', async () => {
    const { anna, binh } = people;
    const ids = await Promise.all(Array.from({ length: 7 }, (_, n) => anna.publishes(`windmill number ${n}`)));
    await world.settled();
    const seen: string[] = [];
    for (let after: string | undefined; ;) {
      const { edges, pageInfo } = await search(binh, 'windmill', { first: 3, ...(after === undefined ? {} : { after }) });
      seen.push(...edges.map(({ node }: Answer) => node.id));
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(seen).toHaveLength(7);
    expect(seen.toSorted()).toEqual(ids.toSorted());
    const { pageInfo } = await search(binh, 'windmill', { first: 3 });
    for (const [who, query] of [
      [anna, 'windmill'],
      [binh, 'windmills'],
    ] as const) {
      const { json } = await who.graphql(
        'query($q: String!, $after: String) { search(query: $q, first: 3, after: $after) { edges { cursor } } }',
        {
          q: query,
          after: pageInfo.endCursor,
        },
      );
      expect(json.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
  });
});

describe('what may be found', () => {
  it('changes with the audience on the next query, and leaves the index within a second', async () => {
    const { anna, binh, chen } = people;
    await binh.follows(anna);
    const post = await anna.publishes('zeppelin over the harbour');
    await world.settled();
    expect(await found(chen, 'zeppelin')).toEqual([post]);

    await anna.edits(post, { expectedRevision: 1, audience: 'FOLLOWERS' });
    expect(await found(chen, 'zeppelin')).toEqual([]);
    expect(await found(world.guest(), 'zeppelin')).toEqual([]);
    await world.settled();
    expect(await found(anna, 'zeppelin')).toEqual([post]);
    expect(await found(binh, 'zeppelin')).toEqual([post]);
    const database = world.tables('feed');
    expect(await database.sql`SELECT 1 FROM search_document WHERE kind = 'POST' AND is_public AND body @@ '''zeppelin'''::tsquery`).toEqual(
      [],
    );
    await expect(search(chen, 'from:anna zeppelin')).resolves.toMatchObject({ edges: [] });
  });

  it('follows edits, deletion and restoring', async () => {
    const { anna, chen } = people;
    const post = await anna.publishes('a marmalade sandwich');
    await anna.edits(post, { expectedRevision: 1, text: 'a persimmon cake' });
    await world.settled();
    expect(await found(chen, 'marmalade')).toEqual([]);
    expect(await found(chen, 'persimmon')).toEqual([post]);
    await anna.deletes(post);
    expect(await found(chen, 'persimmon')).toEqual([]);
    await world.settled();
    const database = world.tables('feed');
    expect(await database.sql`SELECT 1 FROM search_document WHERE body @@ '''persimmon'''::tsquery`).toEqual([]);
    await anna.restores(post);
    await world.settled();
    expect(await found(chen, 'persimmon')).toEqual([post]);
  });

  it('ends for both at a block, at once; a mute takes posts out unless they are asked for', async () => {
    const [dora, emil] = await world.people('dora', 'emil');
    const post = await dora.publishes('a trombone lesson');
    await world.settled();
    expect(await found(emil, 'trombone')).toEqual([post]);
    await emil.mutes(dora);
    expect(await found(emil, 'trombone')).toEqual([]);
    expect(await found(emil, `trombone from:${dora.handle}`)).toEqual([post]);
    expect(await found(emil, dora.handle)).toEqual([dora.id]);
    await emil.unmutes(dora);
    await dora.blocks(emil);
    for (const query of ['trombone', `from:${dora.handle}`, dora.handle, `@${dora.handle}`]) expect(await found(emil, query)).toEqual([]);
    expect(await suggested(emil, dora.handle)).toEqual([]);
    expect(await found(dora, emil.handle)).toEqual([]);
    expect(await suggested(dora, emil.handle)).toEqual([]);
    await dora.unblocks(emil);
    expect(await found(emil, 'trombone')).toEqual([post]);
  });

  it('goes with the account, and leaves nothing of it in the index', async () => {
    const { chen } = people;
    const fritz = await world.person('fritz');
    const post = await fritz.publishes('an accordion evening #accordion');
    await world.settled();
    expect(await found(chen, 'accordion')).toEqual(['#accordion', post]);
    await world.ask(setUserState, { userId: fritz.uuid, state: 'SUSPENDED' });
    await world.settled();
    expect(await found(chen, 'accordion')).toEqual([]);
    expect(await suggested(chen, fritz.handle)).toEqual([]);
    await world.ask(setUserState, { userId: fritz.uuid, state: 'ACTIVE' });
    await world.settled();
    expect(await found(chen, 'accordion')).toEqual(['#accordion', post]);
    await world.ask(setUserState, { userId: fritz.uuid, state: 'ERASED' });
    await world.settled();
    const left = await world.tables('feed').sql`
      SELECT kind FROM search_document WHERE NOT is_gone AND (author_id = ${fritz.uuid} OR id = 'accordion')
      UNION ALL SELECT kind FROM search_name WHERE id = ${fritz.uuid}`;
    expect(left).toEqual([]);
  });
});
