import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { videoTools } from '@plaza/media/video-tools';
import { createDatabases, type TestDatabases } from '@plaza/testing/databases';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, type ContentUnderTest, openContent, type Person } from './content-under-test.js';

const run = promisify(execFile);
const quota = { bytes: 50_000_000, files: 50, openUploads: 10, videoBytes: 20_000_000 };

let databases: TestDatabases<'content'>;
let content: ContentUnderTest;
let clips: string;

beforeAll(async () => {
  databases = await createDatabases(['content']);
  content = await openContent(databases.urls.content, { quota, photosAtOnce: 1 });
  clips = await mkdtemp(join(tmpdir(), 'plaza-clips-'));
});
afterAll(async () => {
  await content.close();
  await databases.drop();
  await rm(clips, { recursive: true, force: true });
});

let made = 0;
/** Two seconds of a picture that no other call gives. */
async function clip(): Promise<Buffer> {
  const path = join(clips, `${(made += 1)}.mp4`);
  const source = [
    '-f',
    'lavfi',
    '-i',
    `testsrc=size=320x180:rate=25:duration=2,hue=h=${made * 40}`,
    '-f',
    'lavfi',
    '-i',
    'sine=duration=2',
  ];
  await run(videoTools().ffmpeg, ['-v', 'error', ...source, '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', path]);
  return readFile(path);
}

const startMutation = `mutation ($input: StartUploadInput!) { startUpload(input: $input) { ... on StartUploadOk { media { id } uploadUrl } ... on UserError { code message } } }`;
const changes = `subscription ($id: ID!) { mediaChanged(id: $id) { status progress failure { code } kind width height durationMs blurhash variants { name url } hlsUrl captions { lang } } }`;
const mediaFields = `{ id hlsUrl captions { lang name auto url } }`;
const lookQuery = `query ($id: ID!) { _entities(representations: [{ __typename: "Media", id: $id }]) { ... on Media ${mediaFields} } }`;
const setMutation = `mutation ($input: SetCaptionsInput!) { setCaptions(input: $input) { __typename ... on SetCaptionsOk { media ${mediaFields} }
  ... on UserError { code } ... on ValidationError { fields { path message } } } }`;

interface Look {
  readonly id: string;
  readonly hlsUrl: string;
  readonly captions: readonly { readonly lang: string; readonly name: string; readonly auto: boolean; readonly url: string }[];
}

interface State {
  readonly status: string;
  readonly progress: number | null;
  readonly failure: { readonly code: string } | null;
  readonly blurhash: string | null;
}

/** Sends bytes as a video; its id and the states that its owner is told. */
async function upload(as: Person, bytes: Uint8Array) {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const input = { fileName: 'x.mp4', contentType: 'video/mp4', byteSize: String(bytes.byteLength), sha256 };
  const answer = await content.ask(as, startMutation, { input });
  const [id, url] = [at<string>(answer, 'startUpload.media.id'), at<string>(answer, 'startUpload.uploadUrl')];
  const states: State[] = [];
  const watching = (async () => {
    for await (const { data } of await content.subscribe(as, changes, { id }))
      states.push(JSON.parse(JSON.stringify(data?.['mediaChanged'])));
  })();
  const headers = {
    'tus-resumable': '1.0.0',
    authorization: `Bearer ${as.id}`,
    'upload-offset': '0',
    'content-type': 'application/offset+octet-stream',
  };
  await fetch(url, { method: 'PATCH', headers, body: Buffer.from(bytes) });
  await watching;
  return { id, states };
}

const look = async (as: Person | null, id: string) => at<Look | null>(await content.ask(as, lookQuery, { id }), '_entities.0');
const setCaptions = (as: Person, input: Record<string, unknown>) => content.ask(as, setMutation, { input });

async function text(url: string): Promise<string> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return response.text();
}

/** The addresses that a playlist names, as a player finds them. */
const named = (playlist: string, url: string): readonly string[] =>
  playlist
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => new URL(line, url).href);

describe('a video', () => {
  it('is READY after a poster and some progress, and plays', async () => {
    const anna = content.person();
    const { id, states } = await upload(anna, await clip());
    expect(states.at(-1)).toMatchObject({ status: 'READY', kind: 'VIDEO', width: 320, height: 180, durationMs: 2_000, captions: [] });
    expect(states.find(({ status, blurhash }) => status === 'PROCESSING' && blurhash !== null)).toBeDefined();
    await content.post(anna, { media: [{ mediaId: id }] });

    const { hlsUrl = '' } = (await look(null, id)) ?? {};
    expect(hlsUrl).toMatch(/\/content\/media\/[0-9a-f]{64}\/hls\/master\.m3u8$/);
    const response = await fetch(hlsUrl);
    expect(response.headers.get('content-type')).toBe('application/vnd.apple.mpegurl');
    expect([response.headers.get('access-control-allow-origin'), response.headers.get('cache-control')]).toEqual([
      '*',
      'public, max-age=600, s-maxage=60, immutable',
    ]);
    const renditions = named(await response.text(), hlsUrl);
    expect(renditions).toHaveLength(2);
    for (const rendition of renditions) {
      const [segment = ''] = named(await text(rendition), rendition);
      const bytes = Buffer.from(await (await fetch(segment)).arrayBuffer());
      // MPEG-TS: a packet every 188 bytes.
      expect([bytes[0], bytes[188], bytes.length % 188]).toEqual([0x47, 0x47, 0]);
      const etag = (await fetch(segment, { method: 'HEAD' })).headers.get('etag') ?? '';
      expect((await fetch(segment, { headers: { 'if-none-match': etag } })).status).toBe(304);
    }
  });

  it('that only followers see plays for them by a token in its address, as long as they may see it', async () => {
    const [anna, fan, stranger] = [content.person(), content.person(), content.person()];
    content.follow(fan, anna);
    const { id } = await upload(anna, await clip());
    await content.post(anna, { audience: 'FOLLOWERS', media: [{ mediaId: id }] });
    const { hlsUrl = '' } = (await look(fan, id)) ?? {};
    expect(await look(stranger, id)).toBeNull();
    const [rendition = ''] = named(await text(hlsUrl), hlsUrl);
    const [segment = ''] = named(await text(rendition), rendition);
    expect(rendition.split('/').slice(0, -2)).toEqual(hlsUrl.split('/').slice(0, -1));
    expect((await fetch(segment)).headers.get('cache-control')).toBe('private, max-age=600, immutable');

    const statuses = async () => Promise.all([hlsUrl, rendition, segment].map(async (url) => (await fetch(url)).status));
    const token = hlsUrl.split('/').at(-2) ?? '';
    expect((await fetch(hlsUrl.replace(`/${token}`, ''))).status).toBe(404);
    expect((await fetch(hlsUrl.replace(token, `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`))).status).toBe(404);

    // Five hours into a very slow evening it still plays; after half a day it is to be asked for anew.
    content.time.offset += 5 * 3_600_000;
    expect(await statuses()).toEqual([200, 200, 200]);
    content.block(anna, fan);
    content.time.offset += 10_001;
    expect(await statuses()).toEqual([404, 404, 404]);
    expect((await fetch((await look(anna, id))?.hlsUrl ?? '')).status).toBe(200);
    content.time.offset = 0;
  });

  it('comes again after a moment when nobody can say who may see it', async () => {
    const anna = content.person();
    const { id } = await upload(anna, await clip());
    const { hlsUrl = '' } = (await look(anna, id)) ?? {};
    content.world.down.add('social');
    expect((await fetch(hlsUrl)).status).toBe(503);
    content.world.down.delete('social');
    expect((await fetch(hlsUrl)).status).toBe(200);
  });

  it.each([
    ['a playlist that names a file of ours', 'UNSUPPORTED_MEDIA', async () => Buffer.from('#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n')],
    ['half a video', 'CORRUPT', async () => (await clip()).subarray(0, 5_000)],
  ])('that is %s FAILED with %s, and nothing of it is kept', async (_what, code, bytes) => {
    const objects = async () =>
      (await readdir(join(content.dataDir, 'media'), { recursive: true })).filter((name) => /\.(?:ts|m3u8|webp)$/.test(name)).length;
    const before = await objects();
    const { states } = await upload(content.person(), await bytes());
    expect(states.at(-1)).toMatchObject({ status: 'FAILED', failure: { code }, blurhash: null });
    expect(await objects()).toBe(before);
  });
});

describe('captions', () => {
  const webvtt = 'WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n';
  let anna: Person;
  let id: string;
  beforeAll(async () => {
    anna = content.person();
    ({ id } = await upload(anna, await clip()));
    await content.post(anna, { media: [{ mediaId: id }] });
  });

  it('become part of what is played, are changed and taken away', async () => {
    const before = await look(anna, id);
    await setCaptions(anna, { mediaId: id, language: 'VI', webvtt: webvtt.replace('Hello', 'Xin chào') });
    const answer = await setCaptions(anna, { mediaId: id, language: 'en', webvtt });
    const media = at<Look>(answer, 'setCaptions.media');
    expect(media.captions.map(({ lang, name, auto }) => [lang, name, auto])).toEqual([
      ['en', 'English', false],
      ['vi', 'Tiếng Việt', false],
    ]);
    expect(await look(null, id)).toEqual(media);
    const master = await text(media.hlsUrl);
    expect(master.match(/#EXT-X-MEDIA:TYPE=SUBTITLES[^\n]*LANGUAGE="(?:en|vi)"/g)).toHaveLength(2);
    const list = new URL(/LANGUAGE="vi".*URI="([^"]+)"/.exec(master)?.[1] ?? '', media.hlsUrl).href;
    const [vtt = ''] = named(await text(list), list);
    expect(vtt).toBe(media.captions[1]?.url);
    expect(await text(vtt)).toMatch(/^WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:\d+,LOCAL:00:00:00.000\n\n00:00:00.000 --> 00:00:01.000\nXin chào/);
    // Who has the playlist of a moment ago plays on.
    expect(named(await text(before?.hlsUrl ?? ''), media.hlsUrl)).toEqual(named(master, media.hlsUrl));

    await setCaptions(anna, { mediaId: id, language: 'en', webvtt: null });
    await setCaptions(anna, { mediaId: id, language: 'vi', webvtt: null });
    expect(await look(anna, id)).toEqual(before);
  });

  it('are the owner’s to give: for all others there is no such media, whatever they send', async () => {
    const answer = await setCaptions(content.person(), { mediaId: id, language: '!', webvtt: 'rubbish' });
    expect(at(answer, 'setCaptions')).toEqual({ __typename: 'NotFoundError', code: 'NOT_FOUND' });
    const never = await setCaptions(anna, { mediaId: 'rubbish', language: '!', webvtt: 'rubbish' });
    expect(at(never, 'setCaptions')).toEqual(at(answer, 'setCaptions'));
  });

  it('that do not hold are refused, with their line', async () => {
    const answer = await setCaptions(anna, { mediaId: id, language: 'x', webvtt: 'WEBVTT\n\n00:00 --> 00:01\nHello\n' });
    expect(at(answer, 'setCaptions.fields')).toEqual([
      { path: 'language', message: 'A language as BCP 47 writes it: en, pt-BR.' },
      { path: 'webvtt', message: 'Line 3: Here stands a time like 00:01.000 --> 00:03.500.' },
    ]);
    const photo = await setCaptions(anna, { mediaId: await content.photo(anna), language: 'en', webvtt });
    expect(at(photo, 'setCaptions.fields')).toEqual([{ path: 'mediaId', message: 'This is no video that is READY.' }]);
  });

  it('come at once from two sides, and neither is lost', async () => {
    await Promise.all(['de', 'fr', 'ja'].map((language) => setCaptions(anna, { mediaId: id, language, webvtt })));
    const media = await look(anna, id);
    expect(media?.captions.map(({ lang }) => lang)).toEqual(['de', 'fr', 'ja']);
    expect((await text(media?.hlsUrl ?? '')).match(/TYPE=SUBTITLES/g)).toHaveLength(3);
  });
});
