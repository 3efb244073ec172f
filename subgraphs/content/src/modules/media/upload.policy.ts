import { FieldErrors } from '@plaza/kernel/field-errors';
import { MAX_PHOTO_BYTES } from '@plaza/media/photo';
import type { Trim } from '@plaza/media/processing';
import type { MediaQuotas } from '../../config.js';

export interface UploadRequest {
  readonly fileName: string;
  readonly contentType: string;
  /** As it came: decimal digits, if it is right. */
  readonly byteSize: string;
  readonly sha256: string;
  readonly trim: Trim | null;
  /** Whether the owner's handle is drawn into its corner. */
  readonly isMarked: boolean;
}

/** A request that holds. */
export interface GoodRequest {
  readonly kind: MediaKind;
  readonly byteSize: number;
  /** In lower case. */
  readonly sourceSha: string;
}

export type MediaKind = 'PHOTO' | 'VIDEO';

/** What is taken, by its MIME type. */
const TAKEN: ReadonlyMap<string, MediaKind> = new Map([
  ['image/jpeg', 'PHOTO'],
  ['image/png', 'PHOTO'],
  ['image/webp', 'PHOTO'],
  ['image/avif', 'PHOTO'],
  ['image/gif', 'PHOTO'],
  ['video/mp4', 'VIDEO'],
  ['video/quicktime', 'VIDEO'],
  ['video/webm', 'VIDEO'],
]);

/** The shortest part of a video that is kept, in milliseconds. */
const MIN_PART_MS = 500;

/** Of a type with or without parameters; undefined for what is not taken. */
export const kindOf = (mimeType: string): MediaKind | undefined => TAKEN.get((mimeType.split(';')[0] ?? '').trim().toLowerCase());

export const maxBytes = (kind: MediaKind, { videoBytes }: MediaQuotas): number => (kind === 'PHOTO' ? MAX_PHOTO_BYTES : videoBytes);

/** Whether an upload may begin: what the client says is believed until the bytes are there. */
export function checkUpload(
  { fileName, contentType, byteSize, sha256, trim }: UploadRequest,
  quotas: MediaQuotas,
): { readonly errors: FieldErrors } | 'unsupported' | GoodRequest {
  const kind = kindOf(contentType);
  const errors = new FieldErrors();
  const size = /^[0-9]{1,15}$/u.test(byteSize) ? Number(byteSize) : Number.NaN;
  errors.that(fileName.trim() !== '' && fileName.length <= 255, 'fileName', 'From 1 to 255 characters.');
  errors.that(size >= 1, 'byteSize', 'A whole number of bytes, at least 1, as a string.');
  errors.that(/^[0-9a-f]{64}$/iu.test(sha256), 'sha256', 'The SHA-256 of the file in 64 hexadecimal digits.');
  if (trim !== null) {
    const { startMs, endMs } = trim;
    errors.that(startMs >= 0, 'trim.startMs', 'At least 0.');
    errors.that(endMs === null || endMs - startMs >= MIN_PART_MS, 'trim.endMs', `At least ${MIN_PART_MS} after startMs.`);
    errors.that(kind !== 'PHOTO', 'trim', 'A photo has no part to keep.');
  }
  if (kind !== undefined) {
    const most = maxBytes(kind, quotas);
    errors.that(!(size > most), 'byteSize', `At most ${most} bytes.`);
  }
  if (errors.any) return { errors };
  return kind === undefined ? 'unsupported' : { kind, byteSize: size, sourceSha: sha256.toLowerCase() };
}

/** What a person has here. */
export interface Usage {
  readonly bytes: number;
  readonly files: number;
  readonly openUploads: number;
}

export interface QuotaBreach {
  readonly quota: 'BYTES' | 'FILES' | 'OPEN_UPLOADS';
  readonly used: number;
  readonly limit: number;
}

/** The first quota that one more file of `byteSize` would break. */
export function breachOf(used: Usage, byteSize: number, quotas: MediaQuotas): QuotaBreach | null {
  if (used.openUploads + 1 > quotas.openUploads) return { quota: 'OPEN_UPLOADS', used: used.openUploads, limit: quotas.openUploads };
  if (used.files + 1 > quotas.files) return { quota: 'FILES', used: used.files, limit: quotas.files };
  if (used.bytes + byteSize > quotas.bytes) return { quota: 'BYTES', used: used.bytes, limit: quotas.bytes };
  return null;
}
