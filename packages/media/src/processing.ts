/**
 * What is made out of an original, and how whoever asks for it and whoever makes it talk. The making happens in a process of its own
 * (processing-pool.ts starts it, processing.worker.ts runs in it) that is ended when it goes above its limits.
 */

/** PHOTO: every size in WebP. AVIF: the same sizes again in AVIF, once the photo is READY. VIDEO: poster, renditions, playlists. */
export type ProcessingKind = 'PHOTO' | 'AVIF' | 'VIDEO';

/** A part of a video, in milliseconds from its start. */
export interface Trim {
  readonly startMs: number;
  /** Null: to the end. */
  readonly endMs: number | null;
}

/** What is changed on the way, because its owner wishes so. */
export interface Edits {
  /** Of a video; a photo has none. */
  readonly trim: Trim | null;
  /** A short text in basic Latin, drawn into the lower right corner of every size; null: none. */
  readonly watermark: string | null;
}

export const NO_EDITS: Edits = { trim: null, watermark: null };

export interface ProcessingJob {
  readonly kind: ProcessingKind;
  readonly edits: Edits;
  /** The original's path: read and never changed. */
  readonly source: string;
  /** The path of an empty folder of this job's own: what is made goes there. It is taken away afterwards, whatever happens. */
  readonly folder: string;
}

/** Why an original is not taken. What these words mean stands in the graph at MediaFailure.code. */
export type RejectionCode = 'UNSUPPORTED_MEDIA' | 'CORRUPT' | 'TOO_LARGE' | 'LIMIT_EXCEEDED';

/** What is known of a media before all of it is made. */
export interface Known {
  /** Of the upright original, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly blurhash: string | null;
  /** Null for what does not move. */
  readonly durationMs: number | null;
}

/** One picture size: of the photo, or of the video's poster. Its object is called `<name>.webp`. */
export interface MadeVariant {
  /** `w640` */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly byteSize: number;
}

/** A file that is to be kept as an object below the media's address. */
export interface MadeObject {
  /** `w640.webp`, `hls/720p/0001.ts`: an object key's end, see {@link Objects}. */
  readonly name: string;
  /** Where it lies in the job's folder: a whole path. */
  readonly path: string;
}

export interface Made extends Known {
  readonly kind: 'made';
  /** The smallest first, at most six. Empty for the kind AVIF. */
  readonly variants: readonly MadeVariant[];
  readonly objects: readonly MadeObject[];
  /** The name of the HLS master playlist among `objects`; null for what is no video. */
  readonly hls: string | null;
}

export interface Rejected {
  readonly kind: 'rejected';
  readonly code: RejectionCode;
}

export type Processed = Made | Rejected;

/** Told on the way: how far it is (0 to 100), and what is known as soon as it is. */
export interface Reporter {
  progress(percent: number): void;
  known(known: Known): void;
}

/**
 * Makes one kind. Runs in the worker's process, whose limits its children inherit: a child of it belongs to its process group, so that it is
 * ended together with it. Whatever is wrong with the original is a {@link Rejected}; what it throws is a bug or a broken machine, and the job is
 * tried again.
 */
export type Maker = (job: ProcessingJob, report: Reporter) => Promise<Processed>;

/** What one job may take: the process is ended above it, and the original rejected as LIMIT_EXCEEDED. */
export interface ProcessingLimits {
  /** Resident memory of the process and its children together, in bytes. */
  readonly memoryBytes: number;
  /** CPU time of the process and its children together, in milliseconds. */
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Bytes of the largest file that it may write. */
  readonly fileBytes: number;
}

const MIB = 1024 * 1024;

export const PROCESSING_LIMITS: Readonly<Record<ProcessingKind, ProcessingLimits>> = {
  PHOTO: { memoryBytes: 700 * MIB, cpuMs: 20_000, wallMs: 30_000, fileBytes: 64 * MIB },
  AVIF: { memoryBytes: 900 * MIB, cpuMs: 60_000, wallMs: 120_000, fileBytes: 64 * MIB },
  // Ten minutes of 4K on a slow machine; a shorter video has less (video.ts).
  VIDEO: { memoryBytes: 1_500 * MIB, cpuMs: 3_900_000, wallMs: 7_500_000, fileBytes: 64 * MIB },
};
