import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { importPhoto, ownMedia } from '@plaza/calls/contracts/content.calls';
import { STATE_FRESH_MS } from '@plaza/calls/people';
import { newId } from '@plaza/kernel/id';
import { fromTypeId } from '@plaza/kernel/type-id';
import { createDatabases, type TestDatabases } from '@plaza/testing/databases';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, codesOf, type ContentUnderTest, openContent, type Person, photoBytes } from './content-under-test.js';

let databases: TestDatabases<'content'>;
let content: ContentUnderTest;

beforeAll(async () => {
  databases = await createDatabases(['content']);
  content = await openContent(databases.urls.content);
});
afterAll(async () => {
  await content.close();
  await databases.drop();
});

const mediaQuery = `query ($id: ID!, $width: Int) { _entities(representations: [{ __typename: "Media", ref: $id }]) {
  ... on Media { id ref kind status altText blurhash width height variants { name width height url } url(width: $width) } } }`;
interface SeenMedia {
  readonly url: string;
  readonly variants: readonly { readonly name: string; readonly width: number; readonly height: number; readonly url: string }[];
}
const ask = (as: Person | null, id: string, width?: number) => content.ask(as, mediaQuery, { id, width });
const see = async (as: Person | null, id: string, width?: number) => at<SeenMedia | null>(await ask(as, id, width), '_entities.0');
const urlFor = async (as: Person | null, id: string) => (await see(as, id))!.url;
const setAsAvatar = (owner: Person, id: string) => content.call(owner, ownMedia, { mediaIds: [fromTypeId('media', id)!] }, 'accounts');

/** What a browser gets; headers that name the moment are left out. */
async function get(url: string, init: RequestInit = {}) {
  const response = await fetch(url, init);
  const headers = Object.fromEntries([...response.headers].filter(([name]) => !['date', 'connection', 'keep-alive'].includes(name)));
  return { status: response.status, headers, body: Buffer.from(await response.arrayBuffer()) };
}
const statusOf = async (url: string) => (await get(url)).status;

describe('a photo', () => {
  it('is READY with every size, and its alt text comes with the post', async () => {
    const anna = content.person();
    const id = await content.photo(anna, await photoBytes(700, 350));
    await content.post(anna, { media: [{ mediaId: id, altText: 'A plain colour' }] });
    expect(await see(anna, id, 300)).toMatchObject({
      id,
      ref: id,
      kind: 'PHOTO',
      status: 'READY',
      altText: 'A plain colour',
      blurhash: expect.stringMatching(/^\S{28}$/),
      width: 700,
      height: 350,
      url: expect.stringMatching(/\/w320\.webp$/),
      variants: [
        { name: 'w160', width: 160, height: 80 },
        { name: 'w320', width: 320, height: 160 },
        { name: 'w640', width: 640, height: 320 },
        { name: 'w1080', width: 700, height: 350 },
      ],
    });
  });

  it('is served in the size that was asked for, as a picture and nothing else', async () => {
    const anna = content.person();
    const id = await content.photo(anna, await photoBytes(700, 350));
    const { variants } = (await see(anna, id))!;
    for (const { url, width, height } of variants) {
      const { status, headers, body } = await get(url);
      expect([status, headers['content-type'], headers['x-content-type-options']]).toEqual([200, 'image/webp', 'nosniff']);
      expect(await sharp(body).metadata()).toMatchObject({ format: 'webp', width, height });
    }
  });

  it.each([0, -1, 2049])('has no address for a width of %s', async (width) => {
    const anna = content.person();
    expect(codesOf(await ask(anna, await content.photo(anna), width))).toEqual(['BAD_USER_INPUT']);
  });

  it('is one, however often the same bytes come from the same person', async () => {
    const [anna, binh, bytes] = [content.person(), content.person(), await photoBytes()];
    const ids = await Promise.all(Array.from({ length: 5 }, () => content.photo(anna, bytes)));
    expect(new Set([...ids, await content.photo(anna, bytes)]).size).toBe(1);
    expect(await content.photo(binh, bytes)).not.toBe(ids[0]);
  });

  it('is refused when it is none, and nothing is left', async () => {
    const anna = content.person();
    const before = await readdir(join(content.dataDir, 'media')).catch(() => []);
    const base64 = Buffer.from('a text file called x.png').toString('base64');
    await expect(content.call(anna, importPhoto, { fileName: 'x.png', base64 })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await expect(content.call(null, importPhoto, { fileName: 'x.png', base64 })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await content.sql`SELECT 1 FROM media WHERE owner_id = ${anna.id}`).toEqual([]);
    expect(await readdir(join(content.dataDir, 'media')).catch(() => [])).toEqual(before);
  });

  it('leaves neither place nor make of the camera anywhere', async () => {
    const anna = content.person();
    const exif = { IFD0: { Make: 'SecretCamera' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 30/1 0/1' } };
    await content.photo(
      anna,
      await sharp(await photoBytes())
        .jpeg()
        .withExif(exif)
        .toBuffer(),
    );
    const files = (await readdir(join(content.dataDir, 'media'), { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect((await readFile(join(file.parentPath, file.name))).includes('SecretCamera')).toBe(false);
  });
});

describe('who sees a photo', () => {
  it('is its owner alone until something carries it', async () => {
    const [anna, binh] = [content.person(), content.person()];
    const id = await content.photo(anna);
    expect(await see(anna, id)).toMatchObject({ id });
    expect([await see(binh, id), await see(null, id)]).toEqual([null, null]);
  });

  it('is whoever sees one of the posts that carry it', async () => {
    const [anna, fan, stranger] = [content.person(), content.person(), content.person()];
    content.follow(fan, anna);
    const id = await content.photo(anna);
    const open = await content.post(anna, { media: [{ mediaId: id }] });
    await content.post(anna, { media: [{ mediaId: id }], audience: 'FOLLOWERS' });
    expect(await see(stranger, id)).toMatchObject({ id });
    await content.delete(anna, open);
    expect([await see(stranger, id), await see(fan, id)]).toEqual([null, expect.objectContaining({ id })]);
  });

  it('is whoever sees the profile that it stands on', async () => {
    const [anna, chen, stranger] = [content.person(), content.person(), content.person()];
    const id = await content.photo(anna);
    await setAsAvatar(anna, id);
    content.block(anna, chen);
    expect(await see(stranger, id)).toMatchObject({ id });
    expect(await see(null, id)).toMatchObject({ id });
    expect(await see(chen, id)).toBeNull();
  });
});

describe('ownMedia', () => {
  it('knows the asking viewer’s READY media alone', async () => {
    const [anna, binh] = [content.person(), content.person()];
    const [own, other] = [await content.photo(anna), await content.photo(binh)].map((id) => fromTypeId('media', id)!);
    expect(await content.call(anna, ownMedia, { mediaIds: [own!, other!, newId()] })).toEqual({ mediaIds: [own] });
    await expect(content.call(null, ownMedia, { mediaIds: [own!] })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('shows nothing to anybody when it is neither a profile that is set nor a product on sale', async () => {
    const anna = content.person();
    const id = await content.photo(anna);
    await content.call(anna, ownMedia, { mediaIds: [fromTypeId('media', id)!] }, 'messaging');
    expect(await see(null, id)).toBeNull();
  });
});

describe('the address of a photo that everybody may see', () => {
  it('is the same for all and may be kept for a while', async () => {
    const [anna, binh] = [content.person(), content.person()];
    const id = await content.photo(anna);
    await content.post(anna, { media: [{ mediaId: id }] });
    const url = await urlFor(null, id);
    expect([await urlFor(binh, id), await urlFor(anna, id)]).toEqual([url, url]);
    expect(url).toMatch(/\/content\/media\/[0-9a-f]{64}\/w640\.webp$/);
    const { status, headers } = await get(url);
    expect([status, headers['cache-control']]).toEqual([200, 'public, max-age=600, s-maxage=60, immutable']);
    expect([headers['access-control-allow-origin'], headers['vary']]).toEqual(['*', undefined]);
    expect((await get(url, { headers: { 'if-none-match': headers['etag']! } })).status).toBe(304);
    const head = await get(url, { method: 'HEAD' });
    expect([head.status, head.body.length, head.headers['content-length']]).toEqual([200, 0, headers['content-length']]);
  });

  it('ends with the publicity: by deletion, by another audience, by the author’s going', async () => {
    const published = async () => {
      const anna = content.person();
      const id = await content.photo(anna);
      const post = await content.post(anna, { media: [{ mediaId: id }] });
      const url = await urlFor(null, id);
      expect(await statusOf(url)).toBe(200);
      return { anna, post, url };
    };
    const [deleted, narrowed, gone] = [await published(), await published(), await published()];
    await content.delete(deleted.anna, deleted.post);
    await content.edit(narrowed.anna, narrowed.post, 1, { audience: 'FOLLOWERS' });
    content.world.states.set(gone.anna.id, 'DEACTIVATED');
    await pause(STATE_FRESH_MS + 50);
    for (const { url } of [deleted, narrowed, gone]) expect(await statusOf(url)).toBe(404);
    await content.restore(deleted.anna, deleted.post);
    expect(await statusOf(deleted.url)).toBe(200);
  });

  it('is as public as the most public of those who have the same picture', async () => {
    const [anna, binh, bytes] = [content.person(), content.person(), await photoBytes()];
    const [secret, open] = [await content.photo(anna, bytes), await content.photo(binh, bytes)];
    await content.post(binh, { media: [{ mediaId: open }] });
    const [signed, stable] = [await urlFor(anna, secret), await urlFor(null, open)];
    expect(signed.split('?')[0]).toBe(stable);
    expect([await statusOf(stable), await statusOf(signed)]).toEqual([200, 200]);
  });
});

describe('while accounts is away', () => {
  it('a public photo is unavailable, not missing, and one with a signature goes on', async () => {
    const [anna, binh] = [content.person(), content.person()];
    const [open, own] = [await content.photo(anna), await content.photo(binh)];
    await content.post(anna, { media: [{ mediaId: open }] });
    const [stable, signed] = [await urlFor(anna, open), await urlFor(binh, own)];
    // Whom this process has never heard of: the picture's rows go to somebody else.
    const stranger = newId();
    await content.sql`UPDATE media SET owner_id = ${stranger} WHERE id = ${fromTypeId('media', open)}`;
    content.world.down.add('accounts');
    const statuses = [await statusOf(stable), await statusOf(signed)];
    content.world.down.clear();
    expect(statuses).toEqual([503, 200]);
  });
});

describe('the address of any other photo', () => {
  async function hidden() {
    const [anna, fan] = [content.person(), content.person()];
    content.follow(fan, anna);
    const id = await content.photo(anna);
    await content.post(anna, { media: [{ mediaId: id }], audience: 'FOLLOWERS' });
    return { anna, fan, id, url: await urlFor(fan, id) };
  }

  it('is signed for its viewer', async () => {
    const { anna, fan, id, url } = await hidden();
    expect(url).toMatch(/\/w640\.webp\?v=[\w-]{22}&e=\d+&s=[\w-]{22}$/);
    expect(url).not.toContain(fan.id);
    expect(await urlFor(anna, id)).not.toBe(url);
    const { status, headers } = await get(url);
    expect(status).toBe(200);
    expect(headers['cache-control']).toMatch(/^private, max-age=\d+, immutable$/);
  });

  it('is good for ten minutes at most', async () => {
    const { url } = await hidden();
    content.time.offset = 4.9 * 60_000;
    expect(await statusOf(url)).toBe(200);
    content.time.offset = 10 * 60_000;
    const late = await statusOf(url);
    content.time.offset = 0;
    expect(late).toBe(404);
  });

  it('is worth nothing unsigned, changed, or for another size', async () => {
    const { url } = await hidden();
    const signature = new URL(url);
    const without = (change: (url: URL) => void) => {
      const other = new URL(signature);
      change(other);
      return other.href;
    };
    const wrong = [
      without((other) => (other.search = '')),
      without((other) => other.searchParams.set('e', '9999999999')),
      without((other) => other.searchParams.set('v', 'AAAAAAAAAAAAAAAAAAAAAA')),
      without((other) => other.searchParams.set('s', 'AAAAAAAAAAAAAAAAAAAAAA')),
      without((other) => other.searchParams.append('s', 'x')),
      without((other) => other.searchParams.delete('s')),
      without((other) => (other.pathname = other.pathname.replace('w640', 'w320'))),
      without((other) => (other.pathname = other.pathname.replace('w640', 'w1080'))),
    ];
    const never = await get(`${content.origin}/content/media/${'ab'.repeat(32)}/w640.webp`);
    expect([never.status, never.headers['cache-control']]).toEqual([404, 'public, max-age=0, s-maxage=1']);
    for (const other of wrong) expect([other, await get(other)]).toEqual([other, never]);
  });

  it.each([
    '/content/media',
    '/content/media/',
    '/content/media/x/w640.webp',
    `/content/media/${'AB'.repeat(32)}/w640.webp`,
    `/content/media/${'ab'.repeat(32)}/../../x`,
    `/content/media/${'ab'.repeat(32)}/w640.png`,
    `/content/media/${'ab'.repeat(32)}/original`,
  ])('is not %s', async (path) => {
    expect((await get(`${content.origin}${path}`)).status).toBe(404);
  });

  it('is for reading alone', async () => {
    const { url } = await hidden();
    for (const method of ['POST', 'PUT', 'DELETE']) expect((await get(url, { method })).status).toBe(404);
  });
});
