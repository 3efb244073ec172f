import { setTimeout as pause } from 'node:timers/promises';
import { countingStatements } from '@plaza/db/statements';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rebuildSearch, searchBuild } from '@plaza/calls/contracts/search.calls';
import { type OwnedUser, SearchWorld } from './search-world.js';

let world: SearchWorld;
let anna: OwnedUser;
let binh: OwnedUser;
beforeEach(async () => {
  world = await SearchWorld.open();
  anna = world.user('anna', 'Anna Nguyễn');
  binh = world.user('binh', 'Bình');
  await world.registered(anna, binh);
});
afterEach(() => world.close());

const documents = () =>
  world.database.sql<{ kind: string; id: string }>`SELECT kind, id FROM search_document WHERE NOT is_gone ORDER BY kind, id`;

describe('the index', () => {
  it('asks each owner once for many events', async () => {
    const posts = Array.from({ length: 40 }, (_, n) => world.post(anna, `kite ${n}`));
    world.asked.length = 0;
    await world.published(...posts);
    expect((await world.page(null, 'kite', { first: 100 })).hits).toHaveLength(40);
    expect(world.asked.filter((call) => call === 'content.searchablePosts').length).toBeLessThanOrEqual(2);
  });

  it('keeps the work while an owner is away, and does it later', async () => {
    world.dead.add('content');
    const post = world.post(anna, 'kite');
    await world.published(post);
    expect(await documents()).toHaveLength(2);
    world.dead.clear();
    await world.search.settled();
    expect(await world.found(null, 'kite')).toEqual([post.id]);
  });

  it('shows the last state when something changes while its owner is being asked', async () => {
    const post = world.post(anna, 'kite');
    let isFirst = true;
    world.onAsk = async (call) => {
      if (call !== 'content.searchablePosts' || !isFirst) return;
      isFirst = false;
      // The owner has answered with "kite"; before the answer is written, it changes.
      post.text = 'balloon';
      await world.tell('post.edited', {
        postId: post.id,
        authorId: anna.id,
        revision: 2,
        audience: 'PUBLIC',
        language: null,
        createdAt: post.createdAt,
        mentionedUserIds: [],
      });
    };
    await world.published(post);
    await world.search.settled();
    expect(await world.found(null, 'balloon')).toEqual([post.id]);
    expect(await world.database.sql`SELECT 1 FROM search_document WHERE body @@ '''kite'''::tsquery`).toEqual([]);
  });

  it('lets go of a post that is deleted, and of all words of it', async () => {
    const post = world.post(anna, 'kite #flying');
    await world.published(post);
    post.isDeleted = true;
    await world.tell('post.deleted', { postId: post.id, authorId: anna.id });
    await world.search.settled();
    expect((await documents()).filter(({ kind }) => kind !== 'USER')).toEqual([]);
    expect(
      await world.database.sql`SELECT 1 FROM search_document WHERE id = ${post.id} AND (body IS NOT NULL OR label IS NOT NULL)`,
    ).toEqual([]);
  });

  it('counts the hashtags of posts that everybody may see, through edits and repeats', async () => {
    const [one, two] = [world.post(anna, 'a #kite and a #kite'), world.post(binh, '#kite #wind')];
    await world.published(one, two, world.post(binh, '#kite', 'FOLLOWERS'));
    const counts = () => world.database.sql`SELECT name, post_count AS count FROM hashtag WHERE post_count > 0 ORDER BY name`;
    expect(await counts()).toEqual([
      { name: 'kite', count: 2 },
      { name: 'wind', count: 1 },
    ]);
    await world.published(one);
    one.text = 'a #wind';
    await world.edited(one);
    two.audience = 'ONLY_ME';
    await world.edited(two);
    expect(await counts()).toEqual([{ name: 'wind', count: 1 }]);
    expect((await world.page(null, '#kite')).hits).toEqual([]);
  });

  it('orders by attention as soon as likes have been looked at', async () => {
    const [plain, liked] = [world.post(anna, 'kite'), world.post(anna, 'kite')];
    await world.published(plain, liked);
    liked.likes = 500;
    await world.tell('post.liked', { postId: liked.id, authorId: anna.id, userId: binh.id });
    await world.search.weighed();
    expect(await world.found(null, 'kite')).toEqual([liked.id, plain.id]);
  });
});

describe('a page', () => {
  it('is full although much is hidden, in a bounded number of statements', async () => {
    const posts = Array.from({ length: 60 }, (_, n) => world.post(anna, `kite ${n}`));
    await world.published(...posts);
    for (const post of posts.slice(0, 45)) world.hidden.add(post.id);
    const { result, statements } = await countingStatements(() => world.page(binh, 'kite', { first: 10 }));
    expect(result.hits).toHaveLength(10);
    expect(result.hasNextPage).toBe(true);
    expect(statements).toBeLessThanOrEqual(4);
  });

  it('of 1, 20 or 100 takes the same statements', async () => {
    await world.published(...Array.from({ length: 120 }, (_, n) => world.post(anna, `kite ${n}`)));
    const counts = [];
    for (const first of [1, 20, 100]) counts.push((await countingStatements(() => world.page(binh, 'kite', { first }))).statements);
    expect(counts).toEqual([2, 2, 2]);
  });

  it('that stays short tells where to go on', async () => {
    const posts = Array.from({ length: 150 }, (_, n) => world.post(anna, `kite ${n}`));
    await world.published(...posts);
    const order = (await world.page(null, 'kite', { first: 100 })).hits.map(({ id }) => id);
    for (const { id } of posts) if (!order.slice(0, 3).includes(id)) world.hidden.add(id);
    const last = (await world.page(null, 'kite', { first: 2 })).hits.at(-1)?.position ?? null;
    const seen: string[] = [];
    for (let after = last, turns = 0; turns < 20; turns += 1) {
      const page = await world.page(null, 'kite', { first: 2, after });
      seen.push(...page.hits.map(({ id }) => id));
      if (!page.hasNextPage) break;
      after = page.resumeAt ?? page.hits.at(-1)?.position ?? null;
    }
    expect(seen).toEqual([order[2]]);
  });

  it('asks posts’ owner for today’s audience, whatever the index says', async () => {
    const post = world.post(anna, 'kite');
    await world.published(post);
    post.audience = 'FOLLOWERS';
    expect(await world.found(binh, 'kite')).toEqual([]);
    expect(await world.found(anna, 'kite')).toEqual([post.id]);
    world.dead.add('content');
    await expect(world.page(binh, 'kite')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('shows what is written now, not what was indexed', async () => {
    const post = world.post(anna, 'a red kite');
    await world.published(post);
    post.text = 'the kite is red';
    const [hit] = (await world.page(binh, 'kite')).hits;
    expect(hit?.highlights).toEqual([{ field: 'text', ranges: [{ start: 4, end: 8 }] }]);
  });

  it('of nothing says so', async () => {
    for (const query of ['', '-kite', '"…"', '!!!']) {
      const page = await world.page(binh, query);
      expect([page.hits, page.hasNextPage, page.warnings.map(({ code }) => code)]).toEqual([[], false, ['NOTHING_TO_FIND']]);
    }
  });
});

describe('suggestions', () => {
  it('leave out who blocks the viewer, and who is gone', async () => {
    expect(await world.suggested(binh, 'an')).toEqual(['@anna']);
    expect(await world.suggested(binh, 'nguy')).toEqual(['@anna']);
    world.blocked.add(anna.id);
    expect(await world.suggested(binh, 'an')).toEqual([]);
    world.blocked.clear();
    anna.state = 'ERASED';
    expect(await world.suggested(binh, 'an')).toEqual([]);
    await world.tell('user.stateChanged', { userId: anna.id, state: 'ERASED' });
    await world.search.settled();
    expect(await world.database.sql`SELECT 1 FROM search_name WHERE id = ${anna.id}`).toEqual([]);
  });

  it('show muted people, for whoever looks for them', async () => {
    world.muted.add(anna.id);
    expect(await world.suggested(binh, '@an')).toEqual(['@anna']);
  });

  it('with a sign are of one kind', async () => {
    await world.published(world.post(binh, '#anniversary'));
    expect(await world.suggested(binh, 'ann')).toEqual(['#anniversary', '@anna']);
    expect(await world.suggested(binh, '#ann')).toEqual(['#anniversary']);
    expect(await world.suggested(binh, '＠ann')).toEqual(['@anna']);
    expect(await world.suggested(binh, 'ann', 1)).toHaveLength(1);
  });
});

describe('building anew', () => {
  const handler = (name: string) => world.search.calls.find((call) => call.name === name);
  const build = async () => {
    await handler(rebuildSearch.name)?.handle({}, {} as never);
    for (;;) {
      const state = searchBuild.output.parse(await handler(searchBuild.name)?.handle({}, {} as never));
      if (!state.isRebuilding) return state.last;
      await pause(10);
    }
  };

  it('finds the same, and what nobody told of', async () => {
    const posts = Array.from({ length: 8 }, (_, n) => world.post(anna, `kite ${n} #fly`));
    await world.published(...posts.slice(0, 5));
    await world.database.sql`UPDATE hashtag SET post_count = 77`;
    expect(await build()).toMatchObject({ posts: 8, users: 2 });
    expect((await world.found(null, 'kite')).toSorted()).toEqual(posts.map(({ id }) => id).toSorted());
    expect(await world.suggested(null, 'ann')).toEqual(['@anna']);
    expect(await world.database.sql`SELECT post_count AS count FROM hashtag WHERE name = 'fly'`).toEqual([{ count: 8 }]);
    expect((await world.page(null, '#fly', { kinds: ['HASHTAG'] })).hits.map(({ id }) => id)).toEqual(['fly']);
    expect(await world.database.sql`SELECT DISTINCT generation FROM search_document`).toHaveLength(1);
  });

  it('takes on what happens meanwhile, and answers from the old index until it is done', async () => {
    const posts = Array.from({ length: 8 }, (_, n) => world.post(anna, `kite ${n}`));
    await world.published(...posts);
    const [first] = posts;
    if (first === undefined) throw new Error('no posts');
    let isFirst = true;
    world.onAsk = async (call) => {
      if (call !== 'content.searchablePosts' || !isFirst) return;
      isFirst = false;
      first.isDeleted = true;
      await world.tell('post.deleted', { postId: first.id, authorId: anna.id });
      await world.search.settled();
      expect(await world.found(null, 'kite')).toHaveLength(7);
    };
    await build();
    expect(await world.found(null, 'kite')).toHaveLength(7);
    expect(await world.database.sql`SELECT 1 FROM search_document WHERE id = ${first.id} AND NOT is_gone`).toEqual([]);
  });

  it('that fails leaves the old index', async () => {
    await world.published(world.post(anna, 'kite'));
    world.dead.add('content');
    expect(await build()).toBeNull();
    world.dead.clear();
    expect(await world.found(null, 'kite')).toHaveLength(1);
    expect(await world.database.sql`SELECT state FROM search_generation`).toEqual([{ state: 'LIVE' }]);
  });
});
