import { randomUUID } from 'node:crypto';
import { OpenSearchIndex } from '@plaza/search/opensearch/opensearch-index';
import { engineTwin } from '@plaza/testing/engine-twin';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SearchWorld } from './search-world.js';

/** What comes by the clock comes every five seconds. */
const PATIENCE = { timeout: 50_000, interval: 100 };

engineTwin('search on OpenSearch', 'OPENSEARCH_URL', (url) => {
  let name: string;
  let index: OpenSearchIndex;
  let world: SearchWorld;
  beforeEach(async () => {
    name = `test-${randomUUID()}`;
    index = new OpenSearchIndex({ url, name, answerMs: 60_000, workMs: 60_000 });
    world = await SearchWorld.open(index);
    await built();
  });
  afterEach(async () => {
    await world.close();
    await fetch(`${url}/${name}-*`, { method: 'DELETE' });
    await fetch(`${url}/_index_template/${name}`, { method: 'DELETE' });
    await index.close();
  });

  const built = async (not: string | null = null): Promise<string | null> =>
    vi.waitFor(async () => {
      const identity = await index.identity();
      const [home] = await world.database.sql<{ identity: string }>`SELECT identity FROM search_home WHERE built_until IS NULL`;
      expect(identity).not.toBe(not);
      expect(home?.identity).toBe(identity);
      return identity;
    }, PATIENCE);

  it('finds what was published, and not what its owner hides today', async () => {
    const [anna, binh] = [world.user('anna', 'Anna Nguyễn'), world.user('binh', 'Bình')];
    await world.registered(anna, binh);
    const [open, closed] = [world.post(anna, 'phở 好吃'), world.post(anna, 'phở for friends')];
    await world.published(open, closed);
    expect((await world.found(binh, 'pho')).toSorted()).toEqual([open.id, closed.id].toSorted());
    closed.audience = 'FOLLOWERS';
    expect(await world.found(binh, 'pho')).toEqual([open.id]);
    expect((await world.page(binh, '好吃')).hits[0]?.highlights).toEqual([{ field: 'text', ranges: [{ start: 4, end: 6 }] }]);
    world.blocked.add(anna.id);
    expect(await world.found(binh, 'pho')).toEqual([]);
    expect(await world.suggested(binh, 'an')).toEqual([]);
  });

  it('notices that the index is lost, and builds it anew from its owners', async () => {
    const anna = world.user('anna');
    const post = world.post(anna, 'kite #fly');
    await world.registered(anna);
    await world.published(post);
    const lost = await index.identity();
    await fetch(`${url}/${name}-*`, { method: 'DELETE' });
    await expect(world.found(null, 'kite')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await built(lost);
    expect(await world.found(null, 'kite')).toEqual([post.id]);
    expect(await world.suggested(null, 'fl')).toEqual(['#fly']);
  });
});

describe('search while OpenSearch is away', () => {
  it('is UNAVAILABLE; events are taken on all the same, and nobody waits', async () => {
    const index = new OpenSearchIndex({ url: 'http://127.0.0.1:1' });
    const world = await SearchWorld.open(index);
    const anna = world.user('anna');
    await world.tell('user.registered', { userId: anna.id });
    await world.search.taken();
    await expect(world.found(null, 'anna')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await world.database.sql`SELECT kind FROM search_task`).toEqual([{ kind: 'USER' }]);
    await world.close();
    await index.close();
  });
});
