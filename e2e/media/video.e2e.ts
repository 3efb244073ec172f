import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { videoTools } from '@plaza/media/video-tools';
import type { Person } from '@plaza/testing/people';
import type { World } from '@plaza/testing/world';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlaza } from '../world.js';
import { browserPath, playInBrowser } from './browser.js';
import { sendByTus, startUpload, watchMedia } from './upload.js';

let world: World;
let anna: Person;
let binh: Person;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plaza-video-'));
  world = await startPlaza();
  [anna, binh] = await world.people('anna', 'binh');
});

afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true, force: true });
});

const rabbit = (): Buffer => readFileSync(new URL('files/bigbuckbunny.mp4', import.meta.url));

async function text(url: string): Promise<string> {
  const response = await fetch(url);
  expect([url, response.status]).toEqual([url, 200]);
  return response.text();
}

/** The addresses that a playlist names, as a player finds them. */
const named = (playlist: string, url: string): readonly string[] =>
  playlist
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => new URL(line, url).href);

/** What ffprobe finds in a segment. */
async function probe(
  url: string,
): Promise<{ streams: { codec_name: string; width?: number; height?: number }[]; format: { duration: string } }> {
  const path = join(folder, 'segment.ts');
  await writeFile(path, Buffer.from(await (await fetch(url)).arrayBuffer()));
  const { stdout } = await promisify(execFile)(videoTools().ffprobe, [
    '-v',
    'error',
    '-print_format',
    'json',
    '-show_streams',
    '-show_format',
    path,
  ]);
  return JSON.parse(stdout);
}

describe('a video', () => {
  let id: string;
  let address: string;

  it('goes up, tells how far it is, and is READY with a poster', async () => {
    const bytes = rabbit();
    const { media, uploadUrl } = await startUpload(anna, bytes, 'bigbuckbunny.mp4', 'video/mp4');
    id = media.id;
    const watched = watchMedia(anna, world.url, id);
    await sendByTus(anna, uploadUrl, bytes, 400_000);
    const states = await watched;
    expect(states.at(-1)).toMatchObject({ status: 'READY', kind: 'VIDEO', failure: null, width: 1280, height: 720 });
    const percents = states.flatMap((state) => (state?.status === 'PROCESSING' && state.progress !== null ? [state.progress] : []));
    expect(percents).toEqual(percents.toSorted((one, other) => one - other));
    expect(percents.some((percent) => percent > 0 && percent < 100)).toBe(true);
    expect(states.find((state) => state?.status === 'PROCESSING' && state.blurhash !== null)).toMatchObject({ width: 1280, height: 720 });
    expect(states.at(-1)?.variants.map(({ width }) => width)).toEqual([160, 320, 640, 1080, 1280]);
  });

  it('plays for everybody once it is published, in three renditions down to the last segment', async () => {
    await anna.does('Publish', { idempotencyKey: 'a-rabbit', text: 'A rabbit', media: [{ mediaId: id, altText: 'A rabbit' }] });
    address = (await watchMedia(binh, world.url, id)).at(-1)?.hlsUrl ?? '';
    const master = await text(address);
    expect(master.match(/RESOLUTION=\d+x\d+/gu)).toEqual(['RESOLUTION=426x240', 'RESOLUTION=852x480', 'RESOLUTION=1280x720']);
    for (const rendition of named(master, address)) {
      const segments = named(await text(rendition), rendition);
      const probed = await Promise.all(segments.slice(0, 1).map(probe));
      expect(probed[0]?.streams.map((stream) => stream.codec_name)).toEqual(['h264', 'aac']);
      expect(Number(probed[0]?.format.duration)).toBeCloseTo(4, 0);
      const last = await fetch(segments.at(-1) ?? '');
      expect([last.status, last.headers.get('content-type'), last.headers.get('access-control-allow-origin')]).toEqual([
        200,
        'video/mp2t',
        '*',
      ]);
      expect(master).toContain(`RESOLUTION=${probed[0]?.streams[0]?.width}x${probed[0]?.streams[0]?.height}`);
    }
  });

  it('gets captions, which come with the playlist', async () => {
    const webvtt = 'WEBVTT\n\n00:00.500 --> 00:02.000\nGood morning\n';
    const { media } = await anna.does('SetCaptions', { mediaId: id, language: 'en', webvtt });
    expect(media.captions).toMatchObject([{ lang: 'en', name: 'English', auto: false }]);
    expect(await text(media.hlsUrl)).toContain('LANGUAGE="en"');
    expect(await text(media.captions[0].url)).toContain('Good morning');
    address = media.hlsUrl;
    await expect(binh.does('SetCaptions', { mediaId: id, language: 'en', webvtt })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it.skipIf(browserPath() === null)('plays in a browser to its end, with its captions, on a page of somebody else', async () => {
    const played = await playInBrowser(browserPath() ?? '', address);
    expect(played).toMatchObject({ fatal: [], levels: ['426x240', '852x480', '1280x720'] });
    expect(played.duration).toBeCloseTo(5.3, 0);
    expect(played.frames).toBeGreaterThan(20);
    expect(played.cues).toEqual([expect.stringMatching(/^0\.[56]-2\.[01] Good morning$/u)]);
  });

  it('is gone for everybody when its post is for the author alone, but for the author', async () => {
    const { post } = await anna.does('Publish', { idempotencyKey: 'b-rabbit', text: 'x', media: [{ mediaId: id }], audience: 'ONLY_ME' });
    const query = 'query ($id: ID!) { node(id: $id) { ... on Post { media { hlsUrl } } } }';
    const posts = (await anna.graphql('{ me { user { posts(first: 10) { edges { node { id } } } } } }')).json.data.me.user.posts.edges;
    for (const { node } of posts) if (node.id !== post.id) await anna.deletes(node.id);
    expect((await fetch(address)).status).toBe(404);
    const own = (await anna.graphql(query, { id: post.id })).json.data.node.media[0].hlsUrl;
    expect(own).not.toBe(address);
    const [rendition = ''] = named(await text(own), own);
    const [segment = ''] = named(await text(rendition), rendition);
    expect((await fetch(segment)).status).toBe(200);
    expect((await fetch(segment.replace(/\/hls\/[^/]+\//u, '/hls/'))).status).toBe(404);
  });
});
