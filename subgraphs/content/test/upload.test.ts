import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { crc32, deflateSync } from 'node:zlib';
import { ownMedia } from '@plaza/calls/contracts/content.calls';
import { newId } from '@plaza/kernel/id';
import { fromTypeId, toTypeId } from '@plaza/kernel/type-id';
import { createDatabases, type TestDatabases } from '@plaza/testing/databases';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, codesOf, type ContentUnderTest, openContent, type Person, photoBytes } from './content-under-test.js';

let databases: TestDatabases<'content'>;
let content: ContentUnderTest;
const quota = { bytes: 3_000_000, files: 6, openUploads: 4, videoBytes: 2_000_000 };

beforeAll(async () => {
  databases = await createDatabases(['content']);
  content = await openContent(databases.urls.content, { quota, photosAtOnce: 1 });
});
afterAll(async () => {
  await content.close();
  await databases.drop();
});

const startMutation = `mutation ($input: StartUploadInput!) { startUpload(input: $input) { __typename
  ... on StartUploadOk { media { id status } uploadUrl } ... on AlreadyUploaded { code media { id status } }
  ... on QuotaExceededError { quota used limit } ... on UserError { code message } ... on ValidationError { fields { path } } } }`;
const changes = `subscription ($id: ID!) { mediaChanged(id: $id) { id status failure { code } kind width height durationMs blurhash
  variants { name width height url } hlsUrl } }`;

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

interface Started {
  readonly __typename: string;
  readonly code?: string;
  readonly media: { readonly id: string; readonly status: string };
  readonly uploadUrl: string;
}

async function start(as: Person | null, bytes: Uint8Array, more: Record<string, unknown> = {}) {
  const input = { fileName: 'x.png', contentType: 'image/png', byteSize: String(bytes.byteLength), sha256: sha256(bytes), ...more };
  return at<Started>(await content.ask(as, startMutation, { input }), 'startUpload');
}

/** A tus request. */
async function tus(as: Person | null, method: string, url: string, offset?: number, body?: Uint8Array) {
  const response = await fetch(url, {
    method,
    headers: {
      'tus-resumable': '1.0.0',
      ...(as === null ? {} : { authorization: `Bearer ${as.id}` }),
      ...(offset === undefined ? {} : { 'upload-offset': String(offset) }),
      ...(body === undefined ? {} : { 'content-type': 'application/offset+octet-stream' }),
    },
    ...(body === undefined ? {} : { body: Buffer.from(body) }),
  });
  const { status } = response;
  return {
    status,
    offset: response.headers.get('upload-offset'),
    length: response.headers.get('upload-length'),
    body: await response.text(),
  };
}

async function upload(as: Person, bytes: Uint8Array, more: Record<string, unknown> = {}) {
  const started = await start(as, bytes, more);
  const sent = await tus(as, 'PATCH', started.uploadUrl, 0, bytes);
  return { id: started.media.id, url: started.uploadUrl, sent };
}

/** The states that somebody is told until the last one. */
async function watch(as: Person | null, id: string) {
  const told: Record<string, never>[] = [];
  for await (const { data } of await content.subscribe(as, changes, { id })) told.push(JSON.parse(JSON.stringify(data?.['mediaChanged'])));
  return told;
}
const last = async (as: Person, id: string) => (await watch(as, id)).at(-1);

/** Names of what lies on the disk for media. */
async function onDisk(folder = '') {
  const entries = await readdir(join(content.dataDir, 'media', folder), { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

async function until(isSo: () => Promise<boolean>) {
  for (let left = 400; !(await isSo()); left -= 1) {
    if (left === 0) throw new Error('it never came');
    await pause(25);
  }
}

/** Sixteen thousand pixels each way, in a few hundred bytes: its first line is there. */
function hugePng(): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(16_000, 0);
  header.writeUInt32BE(16_000, 4);
  header.set([8, 2], 8);
  const magic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([magic, chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.alloc(48_001))), chunk('IEND', Buffer.alloc(0))]);
}

const noise = (width: number, height: number, seed: number) =>
  sharp({
    create: { width, height, channels: 3, background: { r: seed % 256, g: 40, b: 90 }, noise: { type: 'gaussian', mean: 128, sigma: 30 } },
  })
    .jpeg()
    .toBuffer();

describe('an upload that is to be marked or trimmed', () => {
  it('carries the handle of its owner, and is another media than the same bytes without it', async () => {
    const anna = content.person();
    const bytes = await sharp({ create: { width: 640, height: 480, channels: 3, background: 'black' } })
      .png()
      .toBuffer();
    const bare = await upload(anna, bytes);
    const marked = await upload(anna, bytes, { watermark: true });
    expect(marked.id).not.toBe(bare.id);

    const brightest = async (id: string) => {
      const { url } = at<{ url: string }[]>({ data: (await last(anna, id)) ?? {}, errors: [] }, 'variants').at(-1) ?? { url: '' };
      const picture = Buffer.from(await (await fetch(url, { headers: { authorization: `Bearer ${anna.id}` } })).arrayBuffer());
      return (await sharp(await sharp(picture).greyscale().png().toBuffer()).stats()).channels[0]?.max ?? 0;
    };
    expect(await brightest(bare.id)).toBeLessThan(30);
    expect(await brightest(marked.id)).toBeGreaterThan(150);
    expect(await start(anna, bytes, { watermark: true })).toMatchObject({ __typename: 'AlreadyUploaded', media: { id: marked.id } });
    expect(await start(anna, bytes)).toMatchObject({ __typename: 'AlreadyUploaded', media: { id: bare.id } });
  });

  it('waits for accounts to say what the owner is called', async () => {
    const anna = content.person();
    content.world.down.add('accounts');
    const input = { fileName: 'x.png', contentType: 'image/png', byteSize: '10', sha256: sha256(new Uint8Array(10)), watermark: true };
    const answer = await content.ask(anna, startMutation, { input });
    content.world.down.delete('accounts');
    expect(codesOf(answer)).toEqual(['UNAVAILABLE']);
  });

  it('keeps a part of a video that there is', async () => {
    const anna = content.person();
    const video = { fileName: 'x.mp4', contentType: 'video/mp4' };
    const trimmed = async (trim: Record<string, unknown>, more: Record<string, unknown> = video) => {
      const { fields } = (await start(anna, new Uint8Array(10), { ...more, trim })) as Started & { fields?: { path: string }[] };
      return fields?.map(({ path }) => path);
    };
    expect(await trimmed({ startMs: -1 })).toEqual(['trim.startMs']);
    expect(await trimmed({ startMs: 1_000, endMs: 1_499 })).toEqual(['trim.endMs']);
    expect(await trimmed({ endMs: 0 })).toEqual(['trim.endMs']);
    expect(await trimmed({ startMs: 0 }, {})).toEqual(['trim']);
    expect(await trimmed({ startMs: 1_000, endMs: 1_500 })).toBeUndefined();
  });
});

describe('an upload', () => {
  it('goes in parts, is proved and becomes READY, and all of it can be watched', async () => {
    const anna = content.person();
    const bytes = await noise(900, 600, 1);
    const { media, uploadUrl } = await start(anna, bytes, { contentType: 'image/jpeg' });
    expect(media.status).toBe('UPLOADING');
    const states = watch(anna, media.id);
    const half = Math.floor(bytes.length / 2);
    expect(await tus(anna, 'HEAD', uploadUrl)).toMatchObject({ status: 200, offset: '0', length: String(bytes.length) });
    expect(await tus(anna, 'PATCH', uploadUrl, 0, bytes.subarray(0, half))).toMatchObject({ status: 204, offset: String(half) });
    expect(await tus(anna, 'PATCH', uploadUrl, 0, bytes.subarray(0, half))).toMatchObject({ status: 409 });
    expect(await tus(anna, 'PATCH', uploadUrl, half, bytes.subarray(half))).toMatchObject({ status: 204, offset: String(bytes.length) });

    const told = await states;
    const steps = told.map(({ status }) => String(status));
    expect(steps[0]).toBe('UPLOADING');
    expect(steps.at(-1)).toBe('READY');
    expect(steps).toContain('PROCESSING');
    expect(told.find(({ status, blurhash }) => status === 'PROCESSING' && blurhash !== null)).toMatchObject({ width: 900, height: 600 });
    expect(told.at(-1)).toMatchObject({
      id: media.id,
      kind: 'PHOTO',
      failure: null,
      width: 900,
      height: 600,
      durationMs: null,
      hlsUrl: null,
      blurhash: expect.stringMatching(/^\S{28}$/u),
      variants: [160, 320, 640, 1080].map((step) => expect.objectContaining({ name: `w${step}`, width: Math.min(step, 900) })),
    });
    // A late subscriber has it at once, and nothing more comes.
    expect(await watch(anna, media.id)).toEqual([told.at(-1)]);
    // Whoever did not hear the last answer asks again.
    expect(await tus(anna, 'HEAD', uploadUrl)).toMatchObject({ status: 200, offset: String(bytes.length) });
    expect(await start(anna, bytes)).toMatchObject({ __typename: 'AlreadyUploaded', code: 'ALREADY_UPLOADED', media: { id: media.id } });
    expect(await start(content.person(), bytes)).toMatchObject({ __typename: 'StartUploadOk' });
  });

  it('has AVIF a little later, and then its original is gone', async () => {
    const anna = content.person();
    const { id } = await upload(anna, await photoBytes());
    await last(anna, id);
    const url = async () =>
      at<string | null>(
        await content.ask(
          anna,
          `query ($id: ID!) { _entities(representations: [{ __typename: "Media", id: $id }]) { ... on Media { url(width: 160, format: AVIF) } } }`,
          { id },
        ),
        '_entities.0.url',
      );
    await until(async () => (await url()) !== null);
    const response = await fetch((await url())!);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/avif']);
    expect((await sharp(Buffer.from(await response.arrayBuffer())).metadata()).width).toBe(160);
    await until(async () => !(await onDisk('.uploads')).includes(fromTypeId('media', id)!));
  });

  it('is somebody’s own: for all others it is missing, in the same bytes', async () => {
    const [anna, binh] = [content.person(), content.person()];
    const { media, uploadUrl } = await start(anna, await photoBytes());
    const never = uploadUrl.replace(/media_.*/u, toTypeId('media', newId()));
    for (const method of ['HEAD', 'PATCH', 'DELETE']) {
      const body = method === 'PATCH' ? Buffer.from('x') : undefined;
      const [others, missing] = [await tus(binh, method, uploadUrl, 0, body), await tus(binh, method, never, 0, body)];
      expect(others).toEqual(missing);
      expect(others.status).toBe(404);
      expect((await tus(null, method, uploadUrl, 0, body)).status).toBe(401);
    }
    for (const method of ['GET', 'POST', 'PUT']) expect((await tus(anna, method, uploadUrl)).status).toBe(404);
    expect(await watch(binh, media.id)).toEqual([null]);
    expect(await watch(null, toTypeId('media', newId()))).toEqual([null]);
    expect(await watch(anna, 'rubbish')).toEqual([null]);
    expect((await tus(anna, 'DELETE', uploadUrl)).status).toBe(204);
    expect((await tus(anna, 'HEAD', uploadUrl)).status).toBe(404);
    expect(await watch(anna, media.id)).toEqual([null]);
  });

  it('goes on where it stands when it is begun again', async () => {
    const anna = content.person();
    const bytes = await photoBytes();
    const first = await start(anna, bytes);
    await tus(anna, 'PATCH', first.uploadUrl, 0, bytes.subarray(0, 100));
    const again = await start(anna, bytes);
    expect(again).toEqual(first);
    expect(await tus(anna, 'HEAD', again.uploadUrl)).toMatchObject({ offset: '100' });
  });

  it.each([
    ['bytes that are not those of its checksum', async () => photoBytes(), { sha256: 'ab'.repeat(32) }, 460, 'CHECKSUM_MISMATCH'],
    ['a text that is called x.png', async () => Buffer.from('<?php system($_GET["c"]); ?>'.repeat(20)), {}, 415, 'UNSUPPORTED_MEDIA'],
  ])('of %s is refused with its last byte', async (_name, make, more, status, code) => {
    const anna = content.person();
    const before = (await onDisk()).length;
    const { id, url, sent } = await upload(anna, await make(), more);
    expect([sent.status, sent.body]).toEqual([status, JSON.stringify({ code })]);
    expect(await last(anna, id)).toMatchObject({ status: 'FAILED', failure: { code }, variants: [] });
    expect(await tus(anna, 'HEAD', url)).toMatchObject({ status });
    expect((await onDisk()).length).toBe(before);
  });

  it.each([
    ['cut off', async () => (await noise(900, 700, 3)).subarray(0, 20_000), 'CORRUPT'],
    ['too many pixels', async () => hugePng(), 'TOO_LARGE'],
  ])('of a photo that is %s fails on the way', async (_name, make, code) => {
    const anna = content.person();
    const { id, sent } = await upload(anna, await make());
    expect(sent.status).toBe(204);
    expect(await last(anna, id)).toMatchObject({ status: 'FAILED', failure: { code } });
    await until(async () => !(await onDisk('.uploads')).some((name) => name.startsWith(fromTypeId('media', id)!)));
  });

  it('of a photo that is called a text is a photo', async () => {
    const anna = content.person();
    const { id } = await upload(anna, await noise(200, 200, 9), { fileName: 'notes.txt', contentType: 'video/mp4' });
    expect(await last(anna, id)).toMatchObject({ status: 'READY', kind: 'PHOTO' });
  });
});

describe('startUpload', () => {
  it('says what it does not take', async () => {
    const anna = content.person();
    const bytes = await photoBytes();
    expect(await start(anna, bytes, { contentType: 'image/svg+xml' })).toMatchObject({ code: 'UNSUPPORTED_MEDIA' });
    const wrong = { fileName: '', byteSize: '0', sha256: 'x' };
    expect(await start(anna, bytes, wrong)).toMatchObject({
      code: 'VALIDATION',
      fields: [{ path: 'fileName' }, { path: 'byteSize' }, { path: 'sha256' }],
    });
    for (const byteSize of ['-1', '0', '99999999999'])
      expect(await start(anna, bytes, { byteSize })).toMatchObject({ code: 'VALIDATION', fields: [{ path: 'byteSize' }] });
    expect(
      (await content.ask(null, startMutation, { input: { fileName: 'x', contentType: 'x', byteSize: '1', sha256: 'x' } })).errors[0]
        ?.extensions['code'],
    ).toBe('UNAUTHENTICATED');
  });

  it('keeps everybody within their quotas', async () => {
    const anna = content.person();
    const open = (n: number, byteSize = '10') => start(anna, Buffer.from(String(n)), { byteSize });
    for (let n = 0; n < 4; n += 1) expect(await open(n)).toMatchObject({ __typename: 'StartUploadOk' });
    expect(await open(4)).toMatchObject({ code: 'QUOTA_EXCEEDED', quota: 'OPEN_UPLOADS', used: '4', limit: '4' });
    await content.sql`UPDATE media SET status = 'READY', address = 'x', width = 1, height = 1 WHERE owner_id = ${anna.id}`;
    expect(await open(5, '2999961')).toMatchObject({ code: 'QUOTA_EXCEEDED', quota: 'BYTES', used: '40', limit: '3000000' });
    expect(await open(6)).toMatchObject({ __typename: 'StartUploadOk' });
    expect(await open(7)).toMatchObject({ __typename: 'StartUploadOk' });
    expect(await open(8)).toMatchObject({ code: 'QUOTA_EXCEEDED', quota: 'FILES', used: '6', limit: '6' });
    // What failed counts no more.
    await content.sql`UPDATE media SET status = 'FAILED', failure_code = 'CORRUPT' WHERE owner_id = ${anna.id}`;
    expect(await open(9)).toMatchObject({ __typename: 'StartUploadOk' });
    await content.sql`DELETE FROM media WHERE owner_id = ${anna.id}`;
  });
});

describe('the focal point', () => {
  const mutation = `mutation ($input: SetFocalPointInput!) { setFocalPoint(input: $input) { __typename
    ... on SetFocalPointOk { media { id focalPoint { x y } } } ... on UserError { code } ... on ValidationError { fields { path } } } }`;
  const set = async (as: Person, mediaId: string, x: number, y: number) =>
    at(await content.ask(as, mutation, { input: { mediaId, x, y } }), 'setFocalPoint');

  it('is set by the owner alone', async () => {
    const [anna, binh] = [content.person(), content.person()];
    const { media } = await start(anna, await photoBytes());
    expect(await set(anna, media.id, 0.25, 1)).toMatchObject({ media: { id: media.id, focalPoint: { x: 0.25, y: 1 } } });
    expect(await set(anna, media.id, 2, -1)).toMatchObject({ code: 'VALIDATION', fields: [{ path: 'x' }, { path: 'y' }] });
    for (const [as, id] of [
      [binh, media.id],
      [anna, toTypeId('media', newId())],
      [anna, 'rubbish'],
    ] as const)
      expect(await set(as, id, 5, 5)).toEqual({ __typename: 'NotFoundError', code: 'NOT_FOUND' });
  });
});

describe('work that was broken off', () => {
  it('is taken up by the next process', async () => {
    const anna = content.person();
    const bytes = await noise(500, 400, 21);
    const { media, uploadUrl } = await start(anna, bytes);
    await tus(anna, 'PATCH', uploadUrl, 0, bytes.subarray(0, 1000));
    await content.restart(async () => {
      // The process ended after the last byte and before its proof; another job was left claimed by whoever died.
      await writeFile(join(content.dataDir, 'media', '.uploads', fromTypeId('media', media.id)!), bytes);
    });
    expect(await last(anna, media.id)).toMatchObject({ status: 'READY' });
  });

  it('ends after three tries', async () => {
    const anna = content.person();
    const { media } = await start(anna, Buffer.from('gone'));
    const id = fromTypeId('media', media.id);
    await content.sql`UPDATE media SET status = 'QUEUED' WHERE id = ${id}`;
    // Its original is not there: the worker breaks each time.
    await content.restart(async () => {
      await content.sql`INSERT INTO media_job (media_id, kind, attempts, created_at) VALUES (${id}, 'PHOTO', 2, now())`;
      for (const name of [String(id), `${String(id)}.json`]) await writeFile(join(content.dataDir, 'media', '.uploads', name), '');
      await rm(join(content.dataDir, 'media', '.uploads', String(id)));
    });
    expect(await last(anna, media.id)).toMatchObject({ status: 'FAILED', failure: { code: 'PROCESSING_FAILED' } });
  });
});

describe('what nobody uses', () => {
  it('is swept after a day; what is shown stays', async () => {
    const anna = content.person();
    const [unused, posted, avatar, held] = await Promise.all([1, 2, 3, 4].map(() => content.photo(anna)));
    await content.post(anna, { media: [{ mediaId: posted }] });
    const own = (id: string | undefined, issuer: string) =>
      content.call(anna, ownMedia, { mediaIds: [fromTypeId('media', id ?? '')!] }, issuer);
    await own(avatar, 'accounts');
    await own(held, 'messaging');
    const open = await start(anna, Buffer.from('never comes'));
    const address = async (id: string | undefined) =>
      (await content.sql<{ address: string }>`SELECT address FROM media WHERE id = ${fromTypeId('media', id ?? '')}`)[0]?.address ?? null;
    const shown = await Promise.all([posted, avatar, held].map(address));
    const lost = (await address(unused))!;
    // Objects that work left behind which was cut off, an old one and one of this minute.
    const stray = (n: string) => join(content.dataDir, 'media', n.slice(0, 2), n.repeat(32));
    for (const n of ['0a', '0b']) {
      await mkdir(stray(n), { recursive: true });
      await writeFile(join(stray(n), 'w160.webp'), 'x');
    }
    const old = new Date(Date.now() - 2 * 86_400_000);
    await utimes(join(stray('0a'), 'w160.webp'), old, old);

    await content.sql`UPDATE media SET changed_at = ${old}, created_at = ${old} WHERE owner_id = ${anna.id}`;
    await content.restart();
    const ofLost = join(content.dataDir, 'media', lost.slice(0, 2), lost);
    await until(async () => (await readdir(ofLost).catch(() => [])).length === 0);
    await until(async () => (await readdir(stray('0a')).catch(() => [])).length === 0);
    expect(await address(unused)).toBeNull();
    expect(await Promise.all([posted, avatar, held].map(address))).toEqual(shown);
    for (const kept of shown) expect((await readdir(join(content.dataDir, 'media', kept!.slice(0, 2), kept!))).length).toBeGreaterThan(0);
    // Others may share the first two digits of its name.
    expect(await readdir(stray('0b'))).toEqual(['w160.webp']);
    expect((await tus(anna, 'HEAD', open.uploadUrl)).status).toBe(404);
  });
});
