import { setTimeout as pause } from 'node:timers/promises';
import type { Person } from '@plaza/testing/people';
import type { World } from '@plaza/testing/world';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlaza } from '../world.js';
import { badLine } from './bad-line.js';
import { type MediaState, sendByTus, startUpload, sunset, watchMedia } from './upload.js';

let world: World;
let anna: Person;
let binh: Person;

beforeAll(async () => {
  world = await startPlaza();
  [anna, binh] = await world.people('anna', 'binh');
});

afterAll(() => world.stop());

const MAKE_AND_PLACE = /exif|gps|samsung|apple|nikon|canon|google|xiaomi|Make|Model|ICC_PROFILE|http:\/\/ns\.adobe/iu;

describe('a photo from a phone, over a bad line', () => {
  let ready: MediaState;

  it('arrives in three chunks though the line breaks once, and is watched until it is READY', async () => {
    const bytes = sunset();
    const { media, uploadUrl } = await startUpload(anna, bytes, 'gps_rotated.jpg', 'image/jpeg');
    const watched = watchMedia(anna, world.url, media.id);
    const line = await badLine(world.ground.publicUrl, bytes.length / 2);
    const through = uploadUrl.replace(world.ground.publicUrl, line.origin);
    const { retries } = await sendByTus(anna, through, bytes, Math.ceil(bytes.length / 3));
    await line.close();
    expect([line.cuts, retries]).toEqual([1, 1]);

    const states = await watched;
    expect(states[0]).toMatchObject({ id: media.id, status: 'UPLOADING' });
    ready = states.at(-1)!;
    expect(ready).toMatchObject({ status: 'READY', kind: 'PHOTO', failure: null });
    // Whoever comes later has it at once.
    expect(await watchMedia(anna, world.url, media.id)).toEqual([ready]);
    // For everybody else it is not there yet.
    expect(await watchMedia(binh, world.url, media.id)).toEqual([null]);
  });

  it('stands upright, in every size up to its own, with neither make nor place', async () => {
    expect(ready.width!).toBeGreaterThan(ready.height!);
    expect(ready.variants.map(({ name }) => name)).toEqual(['w160', 'w320', 'w640', 'w1080', 'w1600', 'w2048']);
    for (const { url, width, height } of ready.variants) {
      const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
      const about = await sharp(bytes).metadata();
      expect([about.format, about.width, about.height]).toEqual(['webp', width, height]);
      expect(width).toBeGreaterThan(height);
      expect([about.exif, about.xmp, about.iptc, about.icc, about.orientation]).toEqual([
        undefined,
        undefined,
        undefined,
        undefined,
        undefined,
      ]);
      expect(MAKE_AND_PLACE.test(bytes.toString('latin1').slice(0, 2_000))).toBe(false);
    }
  });

  it('is seen by whom it is sent to, there, until it is taken back', async () => {
    const { conversation } = await anna.does('StartConversation', {
      idempotencyKey: 'a-photo-for-binh',
      kind: 'DIRECT',
      memberIds: [binh.id],
    });
    const { message } = await anna.does('Send', { conversationId: conversation.id, clientMessageId: 'the-photo', media: [ready.id] });
    const query = `{ me { conversations(first: 1) { edges { node { messages(last: 1) { edges { node { media { id blurhash width url(width: 640) hlsUrl } } } } } } } } }`;
    const shown = async () =>
      (await binh.graphql(query)).json.data.me.conversations.edges[0].node.messages.edges[0].node.media as MediaState[];
    const [photo] = await shown();

    expect(photo).toMatchObject({ id: ready.id, blurhash: ready.blurhash, width: ready.width, hlsUrl: null });
    const answered = await fetch((photo as unknown as { url: string }).url);
    expect([answered.status, answered.headers.get('content-type')]).toEqual([200, 'image/webp']);
    // Elsewhere it is still not there for him.
    expect(await watchMedia(binh, world.url, ready.id)).toEqual([null]);
    const taken = 'mutation ($id: ID!) { deleteMessage(input: { messageId: $id, forEverybody: true }) { __typename } }';
    expect((await anna.graphql(taken, { id: message.id })).json.data.deleteMessage.__typename).toBe('DeleteMessageOk');
    expect(await shown()).toEqual([]);
  });

  it('is published, and then everybody has it at an address that does not change', async () => {
    const { post } = await anna.does('Publish', {
      idempotencyKey: 'a-photo-from-a-phone',
      text: 'West Lake',
      media: [{ mediaId: ready.id, altText: 'The sun goes down' }],
    });
    expect(post.media).toMatchObject([{ id: ready.id, altText: 'The sun goes down', blurhash: ready.blurhash }]);
    expect(post.media[0].url).toMatch(/\/content\/media\/[0-9a-f]{64}\/w640\.webp$/u);
    const query = 'query ($id: ID!) { node(id: $id) { ... on Post { media { url(width: 640) avif: url(width: 640, format: AVIF) } } } }';
    const seen = async () => (await binh.graphql(query, { id: post.id })).json.data.node.media[0];
    expect((await seen()).url).toBe(post.media[0].url);
    for (let left = 1_200; (await seen()).avif === null && left > 0; left -= 1) await pause(50);
    const avif = await fetch((await seen()).avif);
    expect(avif.headers.get('content-type')).toBe('image/avif');
    const about = await sharp(Buffer.from(await avif.arrayBuffer())).metadata();
    expect([about.width, about.exif, about.xmp, about.icc]).toEqual([640, undefined, undefined, undefined]);
  });

  it('is known when it comes again', async () => {
    await expect(startUpload(anna, sunset(), 'again.jpg', 'image/jpeg')).rejects.toMatchObject({ code: 'ALREADY_UPLOADED' });
  });
});

describe('a text that is called x.png', () => {
  it('is refused with its last byte, and leaves nothing', async () => {
    const bytes = Buffer.from('This is no picture.\n'.repeat(50));
    const { media, uploadUrl } = await startUpload(anna, bytes, 'x.png', 'image/png');
    await expect(sendByTus(anna, uploadUrl, bytes, 400)).rejects.toThrow('415');
    const [state] = await watchMedia(anna, world.url, media.id);
    expect(state).toMatchObject({ status: 'FAILED', failure: { code: 'UNSUPPORTED_MEDIA' }, variants: [] });
    await expect(anna.does('Publish', { idempotencyKey: 'with-a-text', text: '', media: [{ mediaId: media.id }] })).rejects.toMatchObject({
      code: 'VALIDATION',
    });
  });
});

describe('an upload', () => {
  it('goes on where it stood, and its work is done, when the process dies in between', async () => {
    const bytes = await sharp({
      create: { width: 1_200, height: 900, channels: 3, background: 'teal', noise: { type: 'gaussian', mean: 120, sigma: 30 } },
    })
      .jpeg()
      .toBuffer();
    const { media, uploadUrl } = await startUpload(binh, bytes, 'x.jpg', 'image/jpeg');
    const send = async (from: number, to: number) => {
      const response = await fetch(uploadUrl, {
        method: 'PATCH',
        headers: {
          authorization: `Bearer ${binh.tokens.accessToken}`,
          'tus-resumable': '1.0.0',
          'upload-offset': String(from),
          'content-type': 'application/offset+octet-stream',
        },
        body: Buffer.from(bytes.subarray(from, to)),
      });
      return [response.status, response.headers.get('upload-offset')];
    };
    expect(await send(0, 10_000)).toEqual([204, '10000']);
    await world.kill('content');
    expect((await send(10_000, bytes.length))[0]).toBeGreaterThanOrEqual(404);
    await world.revive('content');
    expect(await send(10_000, bytes.length)).toEqual([204, String(bytes.length)]);
    // All of it is proved and queued; whoever works on it now is lost.
    await world.kill('content');
    await world.revive('content');
    expect((await watchMedia(binh, world.url, media.id)).at(-1)).toMatchObject({ status: 'READY', width: 1_200 });
  });

  it('wants the token of its owner, one that still holds', async () => {
    const bytes = Buffer.from('x'.repeat(100));
    const { uploadUrl } = await startUpload(anna, bytes, 'x.png', 'image/png');
    const head = async (authorization: string | null, url = uploadUrl, more: Record<string, string> = {}) => {
      const response = await fetch(url, {
        method: 'HEAD',
        headers: { 'tus-resumable': '1.0.0', ...(authorization === null ? {} : { authorization }), ...more },
      });
      return response.status;
    };
    const never = `${uploadUrl.slice(0, -4)}zzzz`;
    expect(await head(`Bearer ${anna.tokens.accessToken}`)).toBe(200);
    expect(await head(`Bearer ${binh.tokens.accessToken}`)).toBe(404);
    expect(await head(`Bearer ${anna.tokens.accessToken}`, never)).toBe(404);
    expect(await head(null)).toBe(401);
    expect(await head(`Bearer ${anna.tokens.accessToken.slice(0, -6)}AAAAAA`)).toBe(401);
    const fromPage = await fetch(uploadUrl, {
      method: 'HEAD',
      headers: { 'tus-resumable': '1.0.0', authorization: `Bearer ${anna.tokens.accessToken}`, origin: 'https://example.org' },
    });
    expect(fromPage.headers.get('access-control-allow-origin')).toBe('*');
    expect(fromPage.headers.get('access-control-expose-headers')?.toLowerCase()).toContain('upload-offset');
    // What the gateway says to subgraphs, nobody else can say.
    expect(await head(null, uploadUrl, { 'x-plaza-assertion': 'e30.AAAA' })).toBe(401);
  });
});
