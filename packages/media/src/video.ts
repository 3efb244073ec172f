import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type HlsRendition, masterPlaylist, segmentsOf } from './hls-playlist.js';
import type { Known, MadeObject, Maker, Made, MadeVariant, ProcessingJob, Reporter, Trim } from './processing.js';
import { makePhoto, markPicture } from './photo.js';
import { type Rendition, renditionsFor } from './video-ladder.js';
import { inputOptions, probeVideo, type Refusal, refusalOf, refuse, type VideoFacts } from './video-probe.js';
import { type Run, type RunLimits, runConfined } from './video-process.js';
import { type VideoTools, videoTools } from './video-tools.js';

const MARK = 'watermark.png';
/** Where a video's master playlist lies below its address. */
export const HLS_MASTER = 'hls/master.m3u8';

const SEGMENT_SECONDS = 4;
const MAX_FRAME_RATE = 30;
const MIN_FRAME_RATE = 10;
const AUDIO_BITS = 128_000;
/** MPEG-TS names its service. Said to be UTF-8 (0x15), for statically linked readers crash over any other alphabet. */
const SERVICE = ['-metadata', 'service_name=\u0015video', '-metadata', 'service_provider=\u0015plaza'] as const;
const MIB = 1024 * 1024;
/** A frame of the poster, a few of them decoded to choose from. */
const POSTER: RunLimits = { cpuSeconds: 60, memoryBytes: 2_000 * MIB, fileBytes: 64 * MIB, wallMs: 60_000 };

/**
 * Poster, renditions and playlists of a video: H.264 and AAC in MPEG-TS segments of four seconds that begin with a key frame at the same moment in each
 * rendition, upright, with square pixels and a constant frame rate of at most 30, without the original's metadata. Progress is told as the
 * transcoder goes.
 */
export const makeVideo: Maker = (job, report) => transcode(job, report, videoTools());

/** {@link makeVideo} by certain tools. */
export async function transcode(job: ProcessingJob, report: Reporter, tools: VideoTools): Promise<Made | Refusal> {
  const facts = await probeVideo(tools, job.source, job.folder);
  if (facts.kind === 'rejected') return facts;
  const part = partOf(facts, job.edits.trim);
  if (part === null) return refuse('EMPTY');

  const poster = await makePoster(tools, job, facts, part);
  if (poster.kind === 'rejected') return poster;
  const known: Known = { width: facts.width, height: facts.height, blurhash: poster.blurhash, durationMs: part.durationMs };
  report.known(known);

  const renditions = renditionsFor(facts.width, facts.height);
  await Promise.all(renditions.map(({ name }) => mkdir(join(job.folder, 'hls', name), { recursive: true })));
  let furthest = -1;
  const onLine = (line: string): void => {
    // Both are microseconds: one name is new, the other an old mistake. The outputs are not equally far, and each tells for itself.
    const micros = Number(/^out_time_(?:us|ms)=([0-9]+)$/.exec(line)?.[1] ?? Number.NaN);
    const percent = Math.min(99, Math.floor(micros / 10 / part.durationMs));
    if (percent > furthest) report.progress((furthest = percent));
  };
  const mark = await drawMark(job, renditions);
  const run = await runConfined(tools.ffmpeg, transcodeArguments(job.source, facts, part, renditions, mark), {
    folder: job.folder,
    limits: limitsFor(part.durationMs),
    onLine,
  });
  const refusal = refusalFor(run);
  if (refusal !== null) return refusal;
  const hls = await collect(tools, job.folder, facts, part, renditions);
  if (hls.kind === 'rejected') return hls;
  report.progress(100);
  return { kind: 'made', ...known, variants: poster.variants, objects: [...poster.objects, ...hls.objects], hls: HLS_MASTER };
}

/** The watermark as a picture of the largest rendition's size, which the others are made from; null without one. */
async function drawMark({ edits, folder }: ProcessingJob, renditions: readonly Rendition[]): Promise<string | null> {
  const largest = renditions.at(-1);
  if (edits.watermark === null || largest === undefined) return null;
  const picture = await markPicture(edits.watermark, largest.width, largest.height);
  await writeFile(join(folder, MARK), picture);
  return MARK;
}

interface Part {
  readonly startMs: number;
  readonly durationMs: number;
}

function partOf({ durationMs }: VideoFacts, trim: Trim | null): Part | null {
  const startMs = Math.max(0, trim?.startMs ?? 0);
  const part = { startMs, durationMs: Math.min(durationMs, trim?.endMs ?? durationMs) - startMs };
  return part.durationMs > 0 ? part : null;
}

/** A second of 4K costs 3 s of CPU on an old core: twice that, and twice again on the clock of a machine that does other things too. */
function limitsFor(durationMs: number): RunLimits {
  const seconds = durationMs / 1000;
  return { cpuSeconds: 60 + 6 * seconds, memoryBytes: 3_000 * MIB, fileBytes: 64 * MIB, wallMs: (120 + 12 * seconds) * 1000 };
}

/** Null when it went well. */
function refusalFor(run: Run): Refusal | null {
  if (run.kind === 'done') return null;
  if (run.kind === 'limit') return refuse('LIMIT');
  // Not the video's fault: the machine is full, or its ffmpeg is one without what we need.
  if (/no space left on device|unknown encoder|no such filter|unrecognized option/i.test(run.stderr))
    throw new Error(`ffmpeg: ${run.stderr}`);
  return refusalOf(run.stderr);
}

const QUIET = ['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error', '-y'] as const;
const seek = (ms: number): readonly string[] => (ms > 0 ? ['-ss', (ms / 1000).toFixed(3)] : []);

type Poster = {
  readonly kind: 'poster';
  readonly blurhash: string;
  readonly variants: readonly MadeVariant[];
  readonly objects: readonly MadeObject[];
};

/** The frame that is most like its neighbours, of the first seconds but not the very first, which often is black. */
async function makePoster(tools: VideoTools, job: ProcessingJob, facts: VideoFacts, part: Part): Promise<Poster | Refusal> {
  const path = join(job.folder, 'poster.png');
  const { width, height } = renditionsFor(facts.width, facts.height).at(-1) ?? facts;
  const filter = `fps=4,scale=${width}:${height},setsar=1,thumbnail=8,format=rgb24`;
  // Near the end of a short video a seek may find nothing.
  for (const at of [Math.min(1_000, Math.floor(part.durationMs / 10)), 0]) {
    const input = ['-threads', '2', ...inputOptions(facts.container), ...seek(part.startMs + at), '-i', `file:${job.source}`];
    const output = [
      '-t',
      '2',
      '-map',
      `0:${facts.video}`,
      '-map_metadata',
      '-1',
      '-vf',
      filter,
      '-frames:v',
      '1',
      '-f',
      'image2',
      'poster.png',
    ];
    const run = await runConfined(tools.ffmpeg, [...QUIET, ...input, ...output], { folder: job.folder, limits: POSTER });
    const refusal = refusalFor(run);
    if (refusal !== null) return refusal;
    if ((await stat(path).catch(() => null)) !== null) return keepPoster(job.folder, await makePhoto(await readFile(path), job.edits));
  }
  return refuse('CUT_OFF');
}

async function keepPoster(folder: string, photo: Awaited<ReturnType<typeof makePhoto>>): Promise<Poster> {
  if (photo.kind !== 'photo') throw new Error('ffmpeg wrote a poster that is no picture');
  const kept = await Promise.all(
    photo.variants.map(async ({ name, width, height, bytes }) => {
      const object = { name: `${name}.webp`, path: join(folder, `${name}.webp`) };
      await writeFile(object.path, bytes);
      return { variant: { name, width, height, byteSize: bytes.byteLength }, object };
    }),
  );
  return {
    kind: 'poster',
    blurhash: photo.blurhash,
    variants: kept.map(({ variant }) => variant),
    objects: kept.map(({ object }) => object),
  };
}

/** The frame rate of the renditions: the source's own, halved above 30, so that motion stays even. */
export function frameRateFor([frames, per]: readonly [number, number]): readonly [number, number] {
  const rate = frames / per;
  if (rate < MIN_FRAME_RATE) return [MIN_FRAME_RATE, 1];
  if (rate <= MAX_FRAME_RATE) return [frames, per];
  return rate / 2 <= MAX_FRAME_RATE ? [frames, per * 2] : [MAX_FRAME_RATE, 1];
}

/** One reading and decoding, the largest rendition scaled first and the others from it, each with a sound of its own so that segments stand alone. */
function transcodeArguments(
  source: string,
  facts: VideoFacts,
  part: Part,
  renditions: readonly Rendition[],
  mark: string | null,
): readonly string[] {
  const input = [
    '-threads',
    '2',
    '-filter_complex_threads',
    '1',
    ...inputOptions(facts.container),
    ...seek(part.startMs),
    '-i',
    `file:${source}`,
    ...(mark === null ? [] : ['-f', 'image2', '-i', `file:${mark}`]),
  ];
  const bare = ['-map_metadata', '-1', '-map_chapters', '-1', '-sn', '-dn'];
  const outputs = renditions.flatMap((rendition, at) => [
    ...pictureArguments(rendition, at),
    ...(facts.audio === null ? [] : soundArguments(facts.audio)),
    ...bare,
    '-t',
    (part.durationMs / 1000).toFixed(3),
    ...segmentArguments(rendition),
  ]);
  return [...QUIET, '-progress', 'pipe:1', ...input, '-filter_complex', filtersFor(facts, renditions, mark !== null), ...outputs];
}

function filtersFor({ video, frameRate }: VideoFacts, renditions: readonly Rendition[], isMarked: boolean): string {
  const [frames, per] = frameRateFor(frameRate);
  const largest = renditions.at(-1);
  if (largest === undefined) throw new Error('a ladder without steps');
  const scale = ({ width, height }: Rendition): string => `scale=${width}:${height}:flags=bicubic,setsar=1`;
  const split = `split=${renditions.length}${renditions.map((_, at) => `[s${at}]`).join('')}`;
  const drawn = isMarked ? '[bare];[bare][1:v]overlay=0:0,' : ',';
  const first = `[0:${video}]fps=fps=${frames}/${per}:start_time=0,${scale(largest)}${drawn}format=yuv420p,${split}`;
  const each = renditions.map((rendition, at) => `[s${at}]${rendition === largest ? 'null' : scale(rendition)}[v${at}]`);
  return [first, ...each].join(';');
}

/** No key frames of the encoder's own choice: they stand where segments begin, the same in each rendition. */
function pictureArguments({ maxBitsPerSecond, level }: Rendition, at: number): readonly string[] {
  const codec = ['-map', `[v${at}]`, '-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'main', '-level:v', level, '-threads', '2'];
  const rate = ['-crf', '23', '-maxrate', String(maxBitsPerSecond), '-bufsize', String(maxBitsPerSecond * 1.5)];
  return [...codec, ...rate, '-sc_threshold', '0', '-g', '900', '-force_key_frames', `expr:gte(t,n_forced*${SEGMENT_SECONDS})`];
}

function soundArguments(stream: number): readonly string[] {
  const codec = ['-map', `0:${stream}`, '-c:a', 'aac', '-b:a', String(AUDIO_BITS), '-ac', '2', '-ar', '48000'];
  return [...codec, '-af', 'aresample=async=1:first_pts=0'];
}

function segmentArguments({ name }: Rendition): readonly string[] {
  const list = ['-f', 'hls', '-hls_time', String(SEGMENT_SECONDS), '-hls_list_size', '0', '-hls_playlist_type', 'vod'];
  const files = ['-hls_segment_filename', `hls/${name}/%03d.ts`, `hls/${name}/index.m3u8`];
  return [...SERVICE, '-max_muxing_queue_size', '2048', ...list, '-hls_flags', 'independent_segments', ...files];
}

type Hls = { readonly kind: 'hls'; readonly objects: readonly MadeObject[] };

/** What a video lacks at its end at most, before it counts as cut off. */
const TOLERANCE_MS = 500;

/** Measures what was written, writes the master playlist and lists it all. */
async function collect(
  tools: VideoTools,
  folder: string,
  facts: VideoFacts,
  part: Part,
  renditions: readonly Rendition[],
): Promise<Hls | Refusal> {
  const [frames, per] = frameRateFor(facts.frameRate);
  const objects: MadeObject[] = [];
  const told: HlsRendition[] = [];
  const add = (name: string): string => {
    const path = join(folder, name);
    objects.push({ name, path });
    return path;
  };
  for (const { name, width, height, level } of renditions) {
    const playlist = `hls/${name}/index.m3u8`;
    const text = await readFile(join(folder, playlist), 'utf8').catch(() => null);
    const segments = text === null ? [] : segmentsOf(text);
    const seconds = segments.reduce((sum, segment) => sum + segment.seconds, 0);
    if (seconds * 1000 < part.durationMs * 0.9 - TOLERANCE_MS || seconds === 0) return refuse('CUT_OFF');
    add(playlist);
    const sizes = await Promise.all(segments.map(async (segment) => (await stat(add(`${dirname(playlist)}/${segment.uri}`))).size));
    const bits = (at: number): number => ((sizes[at] ?? 0) * 8) / Math.max(0.5, segments[at]?.seconds ?? 0);
    told.push({
      uri: `${name}/index.m3u8`,
      width,
      height,
      codecs: [`avc1.4d40${Math.round(Number(level) * 10).toString(16)}`, ...(facts.audio === null ? [] : ['mp4a.40.2'])].join(','),
      frameRate: frames / per,
      bandwidth: Math.ceil(Math.max(...segments.map((_, at) => bits(at)))),
      averageBandwidth: Math.ceil((sizes.reduce((sum, size) => sum + size, 0) * 8) / seconds),
    });
  }
  await writeFile(add(HLS_MASTER), masterPlaylist(told, await firstStamp(tools, folder, objects)));
  return { kind: 'hls', objects };
}

/** The time stamp of the first picture, in 90 kHz. */
async function firstStamp(tools: VideoTools, folder: string, objects: readonly MadeObject[]): Promise<number> {
  const first = objects.find(({ name }) => name.endsWith('/000.ts'));
  if (first === undefined) throw new Error('renditions without a segment');
  const args = [
    '-v',
    'error',
    '-select_streams',
    'v:0',
    '-show_entries',
    'stream=start_pts',
    '-of',
    'csv=p=0',
    '-f',
    'mpegts',
    `file:${first.path}`,
  ];
  const run = await runConfined(tools.ffprobe, args, { folder, limits: POSTER });
  return run.kind === 'done' ? Math.max(0, Number.parseInt(run.stdout, 10) || 0) : 0;
}
