import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeAvif, makePhoto, MAX_PHOTO_BYTES, type PhotoVariant } from './photo.js';
import type { Made, MadeObject, Maker, ProcessingJob, Rejected } from './processing.js';

/** PHOTO: every size in WebP. */
export const photoMaker: Maker = async (job, report) => {
  const original = await originalOf(job);
  if (original === null) return { kind: 'rejected', code: 'TOO_LARGE' };
  const photo = await makePhoto(original, { watermark: job.edits.watermark, onKnown: (known) => report.known(known) });
  if (photo.kind === 'rejected') return photo;
  const { width, height, blurhash, variants } = photo;
  return {
    kind: 'made',
    width,
    height,
    blurhash,
    durationMs: null,
    hls: null,
    variants: variants.map(({ name, width: wide, height: high, bytes }) => ({
      name,
      width: wide,
      height: high,
      byteSize: bytes.byteLength,
    })),
    objects: await written(job, variants, 'webp'),
  };
};

/** AVIF: the same sizes again. */
export const avifMaker: Maker = async (job): Promise<Made | Rejected> => {
  const original = await originalOf(job);
  if (original === null) return { kind: 'rejected', code: 'TOO_LARGE' };
  const made = await makeAvif(original, job.edits);
  if (made.kind === 'rejected') return made;
  const largest = made.variants.at(-1);
  return {
    kind: 'made',
    width: largest?.width ?? 0,
    height: largest?.height ?? 0,
    blurhash: null,
    durationMs: null,
    hls: null,
    variants: [],
    objects: await written(job, made.variants, 'avif'),
  };
};

/** Null for what is too large to be read. */
async function originalOf({ source }: ProcessingJob): Promise<Uint8Array | null> {
  return (await stat(source)).size > MAX_PHOTO_BYTES ? null : readFile(source);
}

async function written({ folder }: ProcessingJob, variants: readonly PhotoVariant[], ending: string): Promise<readonly MadeObject[]> {
  return Promise.all(
    variants.map(async ({ name, bytes }) => {
      const path = join(folder, `${name}.${ending}`);
      await writeFile(path, bytes);
      return { name: `${name}.${ending}`, path };
    }),
  );
}
