import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ownMedia } from '@plaza/calls/contracts/content.calls';
import { fromTypeId } from '@plaza/kernel/type-id';
import { createDatabases, type TestDatabases } from '@plaza/testing/databases';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { HELD_MS } from '../src/modules/media/recall.service.js';
import { type ContentUnderTest, openContent, type Person } from './content-under-test.js';

/** Where a cache takes marks, as infra/edge/cdn.conf does. */
async function openCache() {
  const marks = new Set<string>();
  const heard: string[] = [];
  const cache = { marks, heard, isAway: false };
  const server = createServer((request, response) => {
    const address = request.url?.slice('/marks/'.length) ?? '';
    request.resume();
    if (cache.isAway) return void response.writeHead(503).end();
    heard.push(`${request.method ?? ''} ${address}`);
    const isThere = marks.has(address);
    if (request.method === 'PUT') marks.add(address);
    else marks.delete(address);
    response.writeHead(request.method === 'DELETE' && !isThere ? 404 : 204).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/marks`;
  return Object.assign(cache, { url, close: () => server.close() });
}

let databases: TestDatabases<'content'>;
let content: ContentUnderTest;
let caches: readonly Awaited<ReturnType<typeof openCache>>[];
let anna: Person;

beforeAll(async () => {
  databases = await createDatabases(['content']);
  caches = [await openCache(), await openCache()];
  content = await openContent(databases.urls.content, { purgeUrls: caches.map(({ url }) => url) });
});
afterAll(async () => {
  await content.close();
  for (const cache of caches) cache.close();
  await databases.drop();
});
beforeEach(() => {
  anna = content.person();
});

const PATIENCE = { timeout: 30_000, interval: 20 };
const soon = async (check: () => Promise<void> | void): Promise<void> => vi.waitFor(check, PATIENCE);
async function addressOf(mediaId: string): Promise<string> {
  const [row] = await content.sql<{ address: string }>`SELECT address FROM media WHERE id = ${fromTypeId('media', mediaId)}::uuid`;
  return row?.address ?? '';
}
async function photo(owner = anna) {
  const id = await content.photo(owner);
  return { id, address: await addressOf(id) };
}
const marksOf = (address: string) => caches.map(({ marks }) => marks.has(address));
const owed = async (address: string) => content.sql`SELECT 1 FROM media_recall WHERE address = ${address}`;
const toldOf = async (address: string) => content.sql`SELECT 1 FROM media_recall WHERE address = ${address} AND told_at IS NOT NULL`;

describe('caches before us ask each time for a photo', () => {
  it('whose post is deleted', async () => {
    const { id, address } = await photo();
    await content.delete(anna, await content.post(anna, { media: [{ mediaId: id }] }));
    await expect.poll(() => marksOf(address), PATIENCE).toEqual([true, true]);
  });

  it('whose post is no longer for everybody', async () => {
    const { id, address } = await photo();
    await content.edit(anna, await content.post(anna, { media: [{ mediaId: id }] }), 1, { audience: 'FOLLOWERS' });
    await expect.poll(() => marksOf(address), PATIENCE).toEqual([true, true]);
  });

  it('that is taken out of its post, and for no other of it', async () => {
    const [kept, taken] = [await photo(), await photo()];
    const postId = await content.post(anna, { media: [{ mediaId: kept.id }, { mediaId: taken.id }] });
    await content.edit(anna, postId, 1, { media: [{ mediaId: kept.id }] });
    await expect.poll(() => marksOf(taken.address), PATIENCE).toEqual([true, true]);
    expect(await owed(kept.address)).toEqual([]);
  });

  it('of somebody who is gone, in their posts and on their profile', async () => {
    const [posted, portrait, hidden] = [await photo(), await photo(), await photo()];
    await content.post(anna, { media: [{ mediaId: posted.id }] });
    await content.call(anna, ownMedia, { mediaIds: [fromTypeId('media', portrait.id) ?? ''] }, 'accounts');
    await content.post(anna, { media: [{ mediaId: hidden.id }], audience: 'FOLLOWERS' });
    await content.setState(anna, 'SUSPENDED');
    await expect.poll(() => marksOf(posted.address), PATIENCE).toEqual([true, true]);
    await expect.poll(() => marksOf(portrait.address), PATIENCE).toEqual([true, true]);
    expect(await owed(hidden.address)).toEqual([]);
  });

  it('and for none that nobody could have kept, or that changes in nothing', async () => {
    const [shy, known] = [await photo(), await photo()];
    await content.delete(anna, await content.post(anna, { media: [{ mediaId: shy.id }], audience: 'FOLLOWERS' }));
    await content.edit(anna, await content.post(anna, { media: [{ mediaId: known.id }] }), 1, { text: 'Other words.' });
    await content.setState(anna, 'ACTIVE');
    expect([await owed(shy.address), await owed(known.address)]).toEqual([[], []]);
  });
});

describe('what caches are told', () => {
  it('they may forget when what they kept has had its time', async () => {
    const { id, address } = await photo();
    await content.delete(anna, await content.post(anna, { media: [{ mediaId: id }] }));
    await expect.poll(() => marksOf(address), PATIENCE).toEqual([true, true]);
    // From when that is noted, and not from when they heard of it.
    await soon(async () => expect(await toldOf(address)).toHaveLength(1));
    content.time.offset += HELD_MS;
    await expect.poll(() => marksOf(address), PATIENCE).toEqual([false, false]);
    await soon(async () => expect(await owed(address)).toEqual([]));
  });

  it('is told by whoever starts next, where a process ended before it was', async () => {
    const { id, address } = await photo();
    const postId = await content.post(anna, { media: [{ mediaId: id }] });
    for (const cache of caches) cache.isAway = true;
    await content.delete(anna, postId);
    await content.restart(async () => {
      for (const cache of caches) cache.isAway = false;
    });
    await expect.poll(() => marksOf(address), PATIENCE).toEqual([true, true]);
  });

  it('is told to each as soon as it listens, and holds nobody else up', async () => {
    const [, late] = caches;
    const { id, address } = await photo();
    const postId = await content.post(anna, { media: [{ mediaId: id }] });
    late!.isAway = true;
    await content.delete(anna, postId);
    await soon(() => expect(caches[0]?.marks.has(address)).toBe(true));
    expect(late?.marks.has(address)).toBe(false);
    late!.isAway = false;
    content.time.offset += 2_000;
    await expect.poll(() => marksOf(address), PATIENCE).toEqual([true, true]);
  });

  it('is given up when nothing can be kept any more, and the others are let go', async () => {
    const [, gone] = caches;
    const { id, address } = await photo();
    const postId = await content.post(anna, { media: [{ mediaId: id }] });
    gone!.isAway = true;
    await content.delete(anna, postId);
    await soon(() => expect(caches[0]?.marks.has(address)).toBe(true));
    content.time.offset += HELD_MS;
    await soon(() => expect(caches[0]?.marks.has(address)).toBe(false));
    gone!.isAway = false;
    content.time.offset += 2_000;
    await soon(async () => expect(await owed(address)).toEqual([]));
  });

  it('is told again where it comes to that again, and lasts from then', async () => {
    const { id, address } = await photo();
    const postId = await content.post(anna, { media: [{ mediaId: id }] });
    await content.delete(anna, postId);
    await expect.poll(() => marksOf(address), PATIENCE).toEqual([true, true]);
    content.time.offset += HELD_MS / 2;
    await content.restore(anna, postId);
    await content.delete(anna, postId);
    await soon(() => expect(caches.map(({ heard }) => heard.filter((line) => line === `PUT ${address}`).length)).toEqual([2, 2]));
    content.time.offset += HELD_MS / 2;
    const other = await photo();
    await content.delete(anna, await content.post(anna, { media: [{ mediaId: other.id }] }));
    await expect.poll(() => marksOf(other.address), PATIENCE).toEqual([true, true]);
    await expect.poll(() => marksOf(address), PATIENCE).toEqual([true, true]);
  });
});

describe('without a cache before us', () => {
  it('nothing is owed', async () => {
    const alone = await createDatabases(['content']);
    const plain = await openContent(alone.urls.content);
    const binh = plain.person();
    await plain.delete(binh, await plain.post(binh, { media: [{ mediaId: await plain.photo(binh) }] }));
    expect(await plain.sql`SELECT 1 FROM media_recall`).toEqual([]);
    await plain.close();
    await alone.drop();
  });
});
