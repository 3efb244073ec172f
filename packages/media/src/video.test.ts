import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { type Edits, type Known, NO_EDITS } from './processing.js';
import { frameRateFor, transcode } from './video.js';
import { judge } from './video-probe.js';
import { runConfined } from './video-process.js';
import { sniffContainer } from './video-sniff.js';
import { videoTools } from './video-tools.js';

const run = promisify(execFile);
const tools = videoTools();
const root = await mkdtemp(join(tmpdir(), 'plaza-video-'));
afterAll(() => rm(root, { recursive: true, force: true }));

let count = 0;
const freshFolder = async (): Promise<string> => {
  const folder = join(root, `job-${(count += 1)}`);
  await mkdir(folder);
  return folder;
};

/** A clip that ffmpeg makes out of nothing. */
async function clip(name: string, ...args: readonly string[]): Promise<string> {
  const path = join(root, name);
  await run(tools.ffmpeg, ['-v', 'error', '-y', ...args, path]);
  return path;
}

const picture = (size: string, seconds: number, rate = 25): readonly string[] => [
  '-f',
  'lavfi',
  '-i',
  `testsrc=size=${size}:rate=${rate}:duration=${seconds}`,
];
const sound = (seconds: number): readonly string[] => ['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`];
const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'] as const;

async function made(source: string, edits: Partial<Edits> = {}) {
  const folder = await freshFolder();
  const [percents, known]: [number[], Known[]] = [[], []];
  const report = { progress: (percent: number) => void percents.push(percent), known: (each: Known) => void known.push(each) };
  const result = await transcode({ kind: 'VIDEO', edits: { ...NO_EDITS, ...edits }, source, folder }, report, tools);
  return { folder, result, percents, known };
}

interface Probed {
  readonly streams: readonly {
    readonly codec_type: string;
    readonly width?: number;
    readonly height?: number;
    readonly r_frame_rate: string;
    readonly tags?: object;
  }[];
  readonly format: { readonly duration: string; readonly tags?: object };
}

async function probe(path: string): Promise<Probed> {
  const { stdout } = await run(tools.ffprobe, ['-v', 'error', '-print_format', 'json', '-show_streams', '-show_format', path]);
  return JSON.parse(stdout) as Probed;
}

describe('a video', () => {
  it('becomes renditions with sound, whose segments begin with a key frame at the same moments, and a poster', async () => {
    const source = await clip(
      'good.mp4',
      ...picture('640x360', 5),
      ...sound(5),
      ...h264,
      '-metadata',
      'location=+21.03+105.85/',
      '-metadata',
      'make=Phone',
    );
    const { folder, result, percents, known } = await made(source);
    if (result.kind !== 'made') throw new Error(result.reason);

    expect(result).toMatchObject({ width: 640, height: 360, durationMs: 5_000, hls: 'hls/master.m3u8' });
    expect(known).toEqual([{ width: 640, height: 360, durationMs: 5_000, blurhash: result.blurhash }]);
    expect(result.blurhash).toMatch(/^.{20,40}$/);
    expect(result.variants.map(({ name, width }) => `${name}:${width}`)).toEqual(['w160:160', 'w320:320', 'w640:640']);
    expect(percents.at(-1)).toBe(100);
    expect(percents).toEqual(percents.toSorted((one, other) => one - other));
    expect(result.objects.map(({ name }) => name).toSorted()).toEqual([
      ...['240p', '360p'].flatMap((name) => [`hls/${name}/000.ts`, `hls/${name}/001.ts`, `hls/${name}/index.m3u8`]),
      'hls/master.m3u8',
      'w160.webp',
      'w320.webp',
      'w640.webp',
    ]);

    const master = await readFile(join(folder, 'hls/master.m3u8'), 'utf8');
    expect(master.match(/RESOLUTION=\d+x\d+/g)).toEqual(['RESOLUTION=426x240', 'RESOLUTION=640x360']);
    expect(master).toContain('CODECS="avc1.4d401e,mp4a.40.2"');
    const starts = await Promise.all(
      ['240p', '360p'].map(async (name) => {
        const second = join(folder, `hls/${name}/001.ts`);
        const show = ['-v', 'error', '-select_streams', 'v:0', '-show_entries', 'packet=pts,flags', '-of', 'csv=p=0', second];
        return (await run(tools.ffprobe, show)).stdout.split('\n')[0];
      }),
    );
    expect(starts[0]).toMatch(/^\d+,K/);
    expect(starts[1]).toBe(starts[0]);

    const whole = await probe(join(folder, 'hls/360p/index.m3u8'));
    expect(whole.streams.map((stream) => stream.codec_type)).toEqual(['video', 'audio']);
    expect(Number(whole.format.duration)).toBeCloseTo(5, 0);
    expect(JSON.stringify(whole)).not.toMatch(/105\.85|Phone/);
    const bytes = await readFile(join(folder, 'hls/360p/000.ts'));
    expect(bytes.includes('Phone') || bytes.includes('105.85')).toBe(false);
  });

  it('is turned upright, without sound if it has none', async () => {
    const flat = await clip('flat.mp4', ...picture('320x240', 1), ...h264);
    const source = await clip('turned.mp4', '-i', flat, '-c', 'copy', '-metadata:s:v:0', 'rotate=90');
    const { folder, result } = await made(source);
    expect(result).toMatchObject({ kind: 'made', width: 240, height: 320 });
    const { streams } = await probe(join(folder, 'hls/240p/000.ts'));
    expect(streams.map(({ width, height }) => [width, height])).toEqual([[240, 320]]);
  });

  it('with odd sides, uneven frames and pixels that are not square is made even', async () => {
    // A frame now and then is left out, so that no two frames stand equally far apart.
    const odd = [
      '-vf',
      "select='not(eq(mod(n,3),1))',setsar=2/1",
      '-vsync',
      'vfr',
      '-pix_fmt',
      'yuv444p',
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
    ];
    const { folder, result } = await made(await clip('odd.mkv', ...picture('201x151', 2, 60), ...odd));
    expect(result).toMatchObject({ kind: 'made', width: 402, height: 151 });
    const { streams } = await probe(join(folder, 'hls/150p/index.m3u8'));
    expect(streams[0]).toMatchObject({ width: 402, height: 150 });
    const [frames = 0, per = 1] = (streams[0]?.r_frame_rate ?? '').split('/').map(Number);
    expect(frames / per).toBeLessThanOrEqual(30);
  });

  it('from a browser, which does not say how long it is, is measured', async () => {
    const source = await clip(
      'browser.webm',
      ...picture('160x120', 1),
      '-c:v',
      'libvpx',
      '-deadline',
      'realtime',
      '-live',
      '1',
      '-f',
      'webm',
    );
    const { result } = await made(source);
    expect(result.kind).toBe('made');
    if (result.kind === 'made') expect(result.durationMs).toBeGreaterThan(900);
  });

  it('is cut where its owner said', async () => {
    const source = join(root, 'good.mp4');
    const { result, folder } = await made(source, { trim: { startMs: 1_000, endMs: 2_500 } });
    expect(result).toMatchObject({ kind: 'made', durationMs: 1_500 });
    expect(Number((await probe(join(folder, 'hls/360p/index.m3u8'))).format.duration)).toBeCloseTo(1.5, 0);
    expect((await made(source, { trim: { startMs: 6_000, endMs: null } })).result).toMatchObject({ code: 'CORRUPT', reason: 'EMPTY' });
  });

  it('carries its watermark in the lower right corner of every frame, and nowhere else', async () => {
    const source = await clip('grey.mp4', '-f', 'lavfi', '-i', 'color=c=gray:size=640x360:rate=10:duration=1', '-pix_fmt', 'yuv420p');
    const { folder } = await made(source, { watermark: '@anna' });
    const frame = join(folder, 'last.png');
    await run(tools.ffmpeg, [
      '-v',
      'error',
      '-i',
      join(folder, 'hls/360p/000.ts'),
      '-vf',
      String.raw`select=eq(n\,8)`,
      '-frames:v',
      '1',
      frame,
    ]);

    for (const path of [frame, join(folder, 'w640.webp')]) {
      const picture = await readFile(path);
      const { width, height } = await sharp(picture).metadata();
      const brightest = async (left: number, top: number) => {
        const part = sharp(picture)
          .extract({ left, top, width: width / 4, height: height / 8 })
          .greyscale();
        return Math.max(...(await part.raw().toBuffer()));
      };
      expect(await brightest((width * 3) / 4, (height * 7) / 8)).toBeGreaterThan(200);
      expect(await brightest(0, 0)).toBeLessThan(150);
    }
  });
});

describe('what is no video, or none that is taken,', () => {
  const secret = join(root, 'secret.txt');
  const hostile: readonly (readonly [string, () => Promise<string>, string])[] = [
    ['an empty file', () => text('empty.mp4', ''), 'UNSUPPORTED_MEDIA CONTAINER'],
    ['a text named .mp4', () => text('text.mp4', 'I am a video.\n'.repeat(50)), 'UNSUPPORTED_MEDIA CONTAINER'],
    [
      'a playlist that names a file',
      () => text('list.mp4', `#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile://${secret}\n#EXT-X-ENDLIST\n`),
      'UNSUPPORTED_MEDIA CONTAINER',
    ],
    [
      'a playlist that names an address',
      () => text('web.m3u8', '#EXTM3U\n#EXTINF:5,\nhttp://127.0.0.1:1/x.ts\n#EXT-X-ENDLIST\n'),
      'UNSUPPORTED_MEDIA CONTAINER',
    ],
    ['a list of files to join', () => text('join.mp4', `ffconcat version 1.0\nfile '${secret}'\n`), 'UNSUPPORTED_MEDIA CONTAINER'],
    [
      'a playlist behind a mark of MP4',
      () => text('marked.mp4', `\0\0\0\x18ftypisom#EXTM3U\n#EXTINF:5,\nfile://${secret}\n`),
      'CORRUPT UNREADABLE',
    ],
    ['a picture in the same container', () => text('picture.heic', '\0\0\0\x18ftypheic\0\0\0\0mif1heic'), 'UNSUPPORTED_MEDIA CONTAINER'],
    ['an animation', () => clip('many.gif', ...picture('16x16', 1)), 'UNSUPPORTED_MEDIA CONTAINER'],
    ['a video without its index', () => cut('good.mp4', 'no-index.mp4', 0.5), 'CORRUPT UNREADABLE'],
    ['a video whose end is missing', endless, 'CORRUPT CUT_OFF'],
    ['a video with a broken index', brokenIndex, 'CORRUPT'],
    ['sound alone', () => clip('sound.m4a', ...sound(1)), 'UNSUPPORTED_MEDIA NO_PICTURE'],
    ['sound with a cover', cover, 'UNSUPPORTED_MEDIA NO_PICTURE'],
    ['another codec', () => clip('mjpeg.mkv', ...picture('64x64', 1), '-c:v', 'mjpeg'), 'UNSUPPORTED_MEDIA CODEC'],
    ['huge dimensions', () => huge(true), 'TOO_LARGE PIXELS'],
    ['huge dimensions behind a modest container', () => huge(false), 'TOO_LARGE PIXELS'],
    ['a thousand frames a second', () => clip('fast.mp4', ...picture('16x16', 2, 1_000), ...h264), 'TOO_LARGE FRAME_RATE'],
    ['eleven minutes', () => clip('long.mp4', ...picture('16x16', 660, 1), ...h264), 'TOO_LARGE DURATION'],
    [
      'no time at all',
      () => clip('still.mkv', ...picture('64x64', 1), ...h264, '-frames:v', '1', '-f', 'matroska', '-live', '1'),
      'CORRUPT EMPTY',
    ],
    ['thirty streams', streams, 'TOO_LARGE STREAMS'],
  ];

  it.each(hostile)('%s is refused with a reason, and nothing is left of it', async (_what, make, expected) => {
    await writeFile(secret, 'the words of somebody else');
    const { folder, result } = await made(await make());
    const told = result.kind === 'rejected' ? `${result.code} ${result.reason}` : 'made';
    expect(told.slice(0, expected.length)).toBe(expected);
    const left = await Promise.all(
      (await readdir(folder, { recursive: true })).map((name) => readFile(join(folder, name)).catch(() => Buffer.alloc(0))),
    );
    expect(left.some((bytes) => bytes.includes('somebody else'))).toBe(false);
  });

  async function text(name: string, words: string): Promise<string> {
    const path = join(root, name);
    await writeFile(path, words, 'latin1');
    return path;
  }

  async function cut(from: string, name: string, part: number): Promise<string> {
    const bytes = await readFile(join(root, from));
    await writeFile(join(root, name), bytes.subarray(0, Math.floor(bytes.length * part)));
    return join(root, name);
  }

  async function endless(): Promise<string> {
    await clip('index-first.mp4', ...picture('320x240', 4), ...h264, '-movflags', '+faststart');
    return cut('index-first.mp4', 'no-end.mp4', 0.5);
  }

  async function brokenIndex(): Promise<string> {
    const bytes = await readFile(await clip('index.mp4', ...picture('64x64', 1), ...h264));
    const places = bytes.indexOf('stco') + 8;
    bytes.fill(0xff, places + 4, places + 4 + 4 * bytes.readUInt32BE(places));
    return text('broken-index.mp4', bytes.toString('latin1'));
  }

  async function cover(): Promise<string> {
    const art = await clip('cover.png', ...picture('64x64', 1), '-frames:v', '1');
    return clip(
      'cover.m4a',
      ...sound(1),
      '-i',
      art,
      '-map',
      '0',
      '-map',
      '1',
      '-c:v',
      'png',
      '-disposition:v:0',
      'attached_pic',
      '-f',
      'mp4',
    );
  }

  /** A small video that says it has 16,000 × 16,000 pixels: in its frames, and in its container if that is told to lie too. */
  async function huge(inContainer: boolean): Promise<string> {
    const bytes = await readFile(await clip('small.mkv', ...picture('320x320', 1), '-c:v', 'libvpx', '-deadline', 'realtime'));
    for (let at = bytes.indexOf('9d012a40014001', 'hex'); at !== -1; at = bytes.indexOf('9d012a40014001', 'hex')) {
      bytes.set([0x80, 0x3e, 0x80, 0x3e], at + 3);
    }
    for (const element of inContainer ? ['b0820140', 'ba820140'] : []) bytes.set([0x3e, 0x80], bytes.indexOf(element, 'hex') + 2);
    return text('huge.mkv', bytes.toString('latin1'));
  }

  async function streams(): Promise<string> {
    return clip('streams.mkv', ...sound(1), ...Array.from({ length: 30 }, () => ['-map', '0:a']).flat(), '-c:a', 'pcm_s16le');
  }
});

it('takes MP4, QuickTime and 3GP, Matroska and WebM by their first bytes', () => {
  const head = (words: string) => sniffContainer(Buffer.from(words, 'latin1'));
  expect([head('\0\0\0\x20ftypisom'), head('\0\0\0\x14ftypqt  '), head('\x1aE\xdf\xa3')]).toEqual(['mov', 'mov', 'matroska']);
  expect([head('\0\0\0\x20ftypavif'), head('RIFF....AVI '), head('\x1aE\xdf'), head('')]).toEqual([null, null, null, null]);
});

it.each([
  [
    [25, 1],
    [25, 1],
  ],
  [
    [30_000, 1001],
    [30_000, 1001],
  ],
  [
    [60, 1],
    [60, 2],
  ],
  [
    [120, 1],
    [30, 1],
  ],
  [
    [1, 2],
    [10, 1],
  ],
] as const)('a source of %j frames a second is shown at %j', (source, shown) => {
  expect(frameRateFor(source)).toEqual(shown);
});

it('judges by numbers that a header may have made up', () => {
  const about = { index: 0, codec_type: 'video', codec_name: 'h264', disposition: {}, tags: {}, side_data_list: [] };
  const size = { width: 640, height: 360, sample_aspect_ratio: '1:1' };
  const stream = { ...about, ...size, avg_frame_rate: '25/1', r_frame_rate: '25/1', nb_frames: 250, duration: 10 };
  expect(judge('mov', [stream], 10)).toMatchObject({ kind: 'video', durationMs: 10_000 });
  expect(judge('mov', [{ ...stream, nb_frames: 1_000_000 }], 10)).toMatchObject({ reason: 'FRAME_RATE' });
  expect(judge('mov', [{ ...stream, width: 16_000, height: 16_000 }], 10)).toMatchObject({ reason: 'PIXELS' });
  expect(judge('mov', [{ ...stream, width: 0 }], 10)).toMatchObject({ reason: 'UNREADABLE' });
  expect(judge('mov', [{ ...stream, duration: 0 }], 0)).toMatchObject({ reason: 'EMPTY' });
  expect(judge('mov', [stream], 100_000)).toMatchObject({ reason: 'DURATION' });
});

describe('the transcoder', () => {
  const limits = { cpuSeconds: 60, memoryBytes: 2 ** 31, fileBytes: 2 ** 26, wallMs: 60_000 };
  /** Work without an end. */
  const forever = ['-v', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc=size=64x64', '-f', 'null', '-'];
  const busy = ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=640x480', '-f', 'null', '-'];

  it.each([
    ['of time', { ...limits, wallMs: 300 }, forever],
    ['of work', { ...limits, cpuSeconds: 1 }, busy],
    [
      'of memory',
      { ...limits, memoryBytes: 100 * 2 ** 20 },
      ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=4096x2304:duration=1', '-c:v', 'libx264', '-f', 'null', '-'],
    ],
    [
      'of what it writes',
      { ...limits, fileBytes: 100_000 },
      ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=640x480', '-c:v', 'rawvideo', '-f', 'avi', 'big.avi'],
    ],
  ])('is ended above a limit %s', async (_what, bound, args) => {
    const folder = await freshFolder();
    expect(await runConfined(tools.ffmpeg, args, { folder, limits: bound })).toEqual({ kind: 'limit' });
    expect((await stat(join(folder, 'big.avi')).catch(() => ({ size: 0 }))).size).toBeLessThanOrEqual(100_352);
  });

  it('knows nothing of the one who started it', async () => {
    process.env['PLAZA_SECRET_OF_A_TEST'] = 'x';
    const { stdout } = await run('/bin/sh', ['-c', 'command -v env']);
    const ran = await runConfined(stdout.trim(), [], { folder: await freshFolder(), limits });
    expect(ran).toEqual({ kind: 'done', stdout: '' });
  });

  it('is gone when the one who started it was killed', async () => {
    const folder = await freshFolder();
    const module = pathToFileURL(join(import.meta.dirname, 'video-process.ts')).href;
    const program = `import(${JSON.stringify(module)}).then(({ runConfined }) => runConfined(${JSON.stringify(tools.ffmpeg)}, ${JSON.stringify([...forever.slice(0, -3), '-metadata', `title=${folder}`, '-f', 'null', '-'])}, { folder: ${JSON.stringify(folder)}, limits: ${JSON.stringify(limits)} }))`;
    const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], { stdio: 'ignore' });
    const running = async (): Promise<boolean> => {
      const { stdout } = await run('ps', ['-eo', 'args', '-ww']);
      return stdout.split('\n').some((line) => line.startsWith(tools.ffmpeg) && line.includes(folder));
    };
    for (let left = 200; left > 0 && !(await running()); left -= 1) await pause(50);
    expect(await running()).toBe(true);
    parent.kill('SIGKILL');
    for (let left = 100; left > 0 && (await running()); left -= 1) await pause(50);
    expect(await running()).toBe(false);
  });
});
