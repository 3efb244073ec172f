import { open } from 'node:fs/promises';
import { z } from 'zod';
import type { RejectionCode } from './processing.js';
import { type RunLimits, runConfined } from './video-process.js';
import { type Container, SNIFF_BYTES, sniffContainer } from './video-sniff.js';
import type { VideoTools } from './video-tools.js';

/** What an original may be at most. */
export const VIDEO_LIMITS = {
  durationMs: 10 * 60_000,
  /** Width times height of a frame: 4096 × 2304. */
  pixels: 4096 * 2304,
  /** Of the longer side. */
  side: 4096,
  /** A second, on average: a phone's slow motion. */
  frameRate: 240,
  /** Pictures, sounds and a phone's own data together. */
  streams: 16,
} as const;

/** Why a video is not taken, as exactly as we know; the code is what its owner is told. */
export type RefusalReason =
  'CONTAINER' | 'UNREADABLE' | 'NO_PICTURE' | 'CODEC' | 'STREAMS' | 'DURATION' | 'EMPTY' | 'PIXELS' | 'FRAME_RATE' | 'CUT_OFF' | 'LIMIT';

const CODES: Readonly<Record<RefusalReason, RejectionCode>> = {
  CONTAINER: 'UNSUPPORTED_MEDIA',
  NO_PICTURE: 'UNSUPPORTED_MEDIA',
  CODEC: 'UNSUPPORTED_MEDIA',
  UNREADABLE: 'CORRUPT',
  EMPTY: 'CORRUPT',
  CUT_OFF: 'CORRUPT',
  STREAMS: 'TOO_LARGE',
  DURATION: 'TOO_LARGE',
  PIXELS: 'TOO_LARGE',
  FRAME_RATE: 'TOO_LARGE',
  LIMIT: 'LIMIT_EXCEEDED',
};

export interface Refusal {
  readonly kind: 'rejected';
  readonly code: RejectionCode;
  readonly reason: RefusalReason;
}

export const refuse = (reason: RefusalReason): Refusal => ({ kind: 'rejected', code: CODES[reason], reason });

/** What is in a video that we take. */
export interface VideoFacts {
  readonly kind: 'video';
  readonly container: Container;
  /** Upright and with square pixels. */
  readonly width: number;
  readonly height: number;
  readonly durationMs: number;
  /** On average, a second, as a fraction: `30000/1001`. */
  readonly frameRate: readonly [number, number];
  /** The streams that are used, by their numbers; without sound `audio` is null. */
  readonly video: number;
  readonly audio: number | null;
  /** `h264` */
  readonly codec: string;
}

/** What ffmpeg's decoders get to see: each by the name of its codec, then by the names of the decoders that read it. */
const VIDEO_CODECS: Readonly<Record<string, readonly string[]>> = {
  h264: ['h264'],
  hevc: ['hevc'],
  mpeg4: ['mpeg4'],
  vp8: ['vp8', 'libvpx'],
  vp9: ['vp9', 'libvpx-vp9'],
  av1: ['libdav1d', 'libaom-av1', 'av1'],
};
const AUDIO_CODECS: Readonly<Record<string, readonly string[]>> = {
  aac: ['aac', 'aac_fixed'],
  mp3: ['mp3float', 'mp3'],
  opus: ['opus', 'libopus'],
  vorbis: ['vorbis', 'libvorbis'],
  flac: ['flac'],
  alac: ['alac'],
  pcm_s16le: ['pcm_s16le'],
  pcm_s24le: ['pcm_s24le'],
  ac3: ['ac3'],
  eac3: ['eac3'],
};
/** What lies beside picture and sound: ffprobe gives up on a file when it may not look at one of its streams. */
const BESIDE = ['mjpeg', 'png', 'mov_text', 'subrip', 'srt', 'ass', 'ssa', 'webvtt', 'text'];

/** The demuxers' own names, as `format_whitelist` compares them. */
const FORMATS: Readonly<Record<Container, string>> = { mov: 'mov,mp4,m4a,3gp,3g2,mj2', matroska: 'matroska,webm' };

/**
 * How both programs are told to read an original: only this file, only as this container, only by these decoders, and no file that another names.
 * Stands before `-i`.
 */
export function inputOptions(container: Container): readonly string[] {
  const decoders = [...Object.values(VIDEO_CODECS), ...Object.values(AUDIO_CODECS), BESIDE].flat();
  const only = ['-protocol_whitelist', 'file', '-format_whitelist', FORMATS[container], '-codec_whitelist', decoders.join(',')];
  const none = container === 'mov' ? ['-enable_drefs', '0'] : [];
  return [...only, ...none, '-max_pixels', String(VIDEO_LIMITS.pixels), '-f', container];
}

const MIB = 1024 * 1024;
const PROBE: RunLimits = { cpuSeconds: 20, memoryBytes: 1_500 * MIB, fileBytes: 0, wallMs: 30_000 };

const number = z.coerce.number().catch(0);
const streamShape = z.object({
  index: z.number().int(),
  codec_type: z.string().catch(''),
  codec_name: z.string().catch(''),
  width: number,
  height: number,
  sample_aspect_ratio: z.string().catch(''),
  avg_frame_rate: z.string().catch(''),
  r_frame_rate: z.string().catch(''),
  nb_frames: number,
  duration: number,
  disposition: z.object({ attached_pic: number }).partial().catch({}),
  tags: z.object({ rotate: number }).partial().catch({}),
  side_data_list: z.array(z.object({ rotation: number }).partial()).catch([]),
});
const probeShape = z.object({ streams: z.array(streamShape).catch([]), format: z.object({ duration: number }).catch({ duration: 0 }) });
type Stream = z.infer<typeof streamShape>;

/** Looks at an original without decoding more of it than ffprobe must. */
export async function probeVideo(tools: VideoTools, source: string, folder: string): Promise<VideoFacts | Refusal> {
  const container = sniffContainer(await headOf(source));
  if (container === null) return refuse('CONTAINER');
  const args = ['-v', 'error', '-print_format', 'json', '-show_streams', '-show_format', ...inputOptions(container), `file:${source}`];
  const run = await runConfined(tools.ffprobe, args, { folder, limits: PROBE });
  if (run.kind === 'limit') return refuse('LIMIT');
  if (run.kind === 'failed') return refusalOf(run.stderr);
  const probed = probeShape.safeParse(jsonOf(run.stdout));
  if (!probed.success) return refuse('UNREADABLE');
  const facts = judge(container, probed.data.streams, probed.data.format.duration);
  if (facts.kind === 'rejected' || facts.durationMs > 0) return facts;
  // What a browser recorded does not say how long it is: its packets do.
  const counted = await countedDuration(tools, source, folder, facts);
  if (typeof counted !== 'number') return counted;
  if (counted <= 0) return refuse('EMPTY');
  return counted > VIDEO_LIMITS.durationMs ? refuse('DURATION') : { ...facts, durationMs: counted };
}

/** What is decided from ffprobe's words. A duration of 0: it does not say. */
export function judge(container: Container, streams: readonly Stream[], formatSeconds: number): VideoFacts | Refusal {
  if (streams.length > VIDEO_LIMITS.streams) return refuse('STREAMS');
  const video = streams.find((stream) => stream.codec_type === 'video' && stream.disposition.attached_pic !== 1);
  if (video === undefined) return refuse('NO_PICTURE');
  const sounds = streams.filter((stream) => stream.codec_type === 'audio');
  const audio = sounds.find(({ codec_name: name }) => name in AUDIO_CODECS);
  if (!(video.codec_name in VIDEO_CODECS) || (sounds.length > 0 && audio === undefined)) return refuse('CODEC');
  if (video.width < 2 || video.height < 2) return refuse('UNREADABLE');
  if (video.width * video.height > VIDEO_LIMITS.pixels || Math.max(video.width, video.height) > VIDEO_LIMITS.side) return refuse('PIXELS');

  if (Math.max(formatSeconds, video.duration) * 1000 > VIDEO_LIMITS.durationMs) return refuse('DURATION');
  // Sound that goes on after the last picture is cut.
  const seconds = video.duration > 0 ? video.duration : formatSeconds;
  const frameRate = fraction(video.avg_frame_rate) ?? fraction(video.r_frame_rate) ?? ([25, 1] as const);
  const [frames, per] = frameRate;
  if (frames / per > VIDEO_LIMITS.frameRate || (seconds > 0 && video.nb_frames / seconds > 2 * VIDEO_LIMITS.frameRate))
    return refuse('FRAME_RATE');
  if (container === 'mov' && seconds <= 0) return refuse('EMPTY');
  return {
    kind: 'video',
    container,
    ...upright(video),
    durationMs: Math.round(seconds * 1000),
    frameRate,
    video: video.index,
    audio: audio?.index ?? null,
    codec: video.codec_name,
  };
}

/** As it is shown: pixels made square by making the narrow side wider, then turned. */
function upright({ width, height, sample_aspect_ratio: aspect, side_data_list: sideData, tags }: Stream): {
  width: number;
  height: number;
} {
  const [across, down] = fraction(aspect, ':') ?? [1, 1];
  const ratio = Math.min(4, Math.max(0.25, across / down));
  const shown = ratio >= 1 ? { width: Math.round(width * ratio), height } : { width, height: Math.round(height / ratio) };
  const turn = Math.abs(sideData.find(({ rotation }) => rotation !== undefined)?.rotation ?? tags.rotate ?? 0) % 180;
  return turn === 90 ? { width: shown.height, height: shown.width } : shown;
}

function fraction(text: string, mark = '/'): readonly [number, number] | null {
  const [above = 0, below = 0] = text.split(mark).map(Number);
  return above > 0 && below > 0 ? [above, below] : null;
}

async function countedDuration(
  tools: VideoTools,
  source: string,
  folder: string,
  { container, video }: VideoFacts,
): Promise<number | Refusal> {
  const show = ['-v', 'error', '-select_streams', String(video), '-show_entries', 'packet=pts_time', '-of', 'csv=p=0'];
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const onLine = (line: string): void => {
    const at = Number.parseFloat(line);
    if (!Number.isFinite(at)) return;
    first = Math.min(first, at);
    last = Math.max(last, at);
  };
  const run = await runConfined(tools.ffprobe, [...show, ...inputOptions(container), `file:${source}`], { folder, limits: PROBE, onLine });
  if (run.kind === 'limit') return refuse('LIMIT');
  if (run.kind === 'failed') return refusalOf(run.stderr);
  return last > first ? Math.round((last - first) * 1000) : 0;
}

/** What the last words of either program mean. */
export function refusalOf(stderr: string): Refusal {
  if (/not on whitelist/i.test(stderr)) return refuse('CODEC');
  return refuse(/picture size \d+x\d+ (?:is invalid|exceeds)/i.test(stderr) ? 'PIXELS' : 'UNREADABLE');
}

async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
