import { createHash } from 'node:crypto';
import { encode } from 'blurhash';
import { fileTypeFromBuffer } from 'file-type';
import sharp, { type OutputInfo, type Sharp } from 'sharp';
import { stepsFor } from './ladder.js';
import { gifScreen, isPackedBomb } from './bombs.js';
import { isSomethingElseToo } from './disguise.js';
import type { Known, RejectionCode } from './processing.js';
import { watermarkSvg } from './watermark.js';

/** Originals with more pixels are refused before they are decoded. */
export const MAX_PIXELS = 50_000_000;
/** All frames of an animation together: only the first is shown, but all of them must be walked past. */
const MAX_FRAME_PIXELS = 500_000_000;
/** The largest original, in bytes. */
export const MAX_PHOTO_BYTES = 30 * 1024 * 1024;

/** One stored size of a photo: sRGB, upright, with nothing of the original's metadata. */
export interface PhotoVariant {
  readonly name: string;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
}

/** What became of an original. */
export type Photo =
  | (MadePhoto & { readonly kind: 'photo' })
  /** No picture that we read: another format, broken, cut off, too large. */
  | Refusal;

interface MadePhoto {
  /** SHA-256 (hex) over all variants: the address of exactly these bytes. */
  readonly address: string;
  /** Of the upright original, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly blurhash: string;
  /** The smallest first, at most six. */
  readonly variants: readonly PhotoVariant[];
}

interface Refusal {
  readonly kind: 'rejected';
  readonly code: RejectionCode;
}

const FORMATS = new Set(['jpeg', 'png', 'webp', 'gif', 'heif']);
/** As the bytes begin: nothing else comes near a loader, the one for our own watermark least of all. */
const TYPES = new Set([
  'image/jpeg',
  'image/png',
  'image/apng',
  'image/webp',
  'image/gif',
  'image/avif',
  'image/avif-sequence',
  'image/heic',
  'image/heif',
]);
// libvips reads some thirty formats, many through old libraries: only these get near the bytes of strangers.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadJpegBuffer',
    'VipsForeignLoadPngBuffer',
    'VipsForeignLoadWebpBuffer',
    'VipsForeignLoadNsgifBuffer',
    'VipsForeignLoadHeifBuffer',
    // Our own watermark.
    'VipsForeignLoadSvgBuffer',
  ],
});
// A size uses one thread, the sizes of a picture are made side by side; how many pictures at once is decided above.
sharp.concurrency(1);
sharp.cache(false);

/**
 * Makes every size of a photo out of an original (JPEG, PNG, WebP, AVIF, the first frame of a GIF), in WebP. The orientation is applied, colours
 * are brought to sRGB, and no byte of metadata (place, camera, thumbnail, colour profile) is carried over. Some 0.7 s of CPU for 2048 × 1365
 * pixels. `onKnown` hears of size and blurhash before the sizes are made; `watermark` is drawn into the corner of each.
 */
export async function makePhoto(
  original: Uint8Array,
  { watermark = null, onKnown }: { readonly watermark?: string | null; readonly onKnown?: (known: Known) => void } = {},
): Promise<Photo> {
  return ofPicture(original, watermark, async ({ width, height, pixels, steps }) => {
    const blurhash = await blurhashOf(pixels());
    onKnown?.({ width, height, blurhash, durationMs: null });
    // Effort 2 takes half the time of 3 and makes 4 % more bytes; smart subsampling doubles the time.
    const variants = await eachStep(steps, pixels, (size) => size.webp({ quality: 80, effort: 2 }));
    const address = addressOf(variants.map(({ name, bytes }) => ({ name: `${name}.webp`, bytes })));
    return { kind: 'photo', address, width, height, blurhash, variants };
  });
}

/** The same sizes in AVIF: a third smaller, and several times the work. */
export async function makeAvif(
  original: Uint8Array,
  { watermark = null }: { readonly watermark?: string | null } = {},
): Promise<{ readonly kind: 'avif'; readonly variants: readonly PhotoVariant[] } | Refusal> {
  return ofPicture(original, watermark, async ({ pixels, steps }) => ({
    kind: 'avif',
    variants: await eachStep(steps, pixels, (size) => size.avif({ quality: 55, effort: 1, chromaSubsampling: '4:2:0' })),
  }));
}

/** SHA-256 (hex) over objects and their names: where exactly these bytes lie. */
export function addressOf(objects: readonly { readonly name: string; readonly bytes: Uint8Array }[]): string {
  const hash = createHash('sha256');
  for (const { name, bytes } of objects) hash.update(`${name} ${bytes.byteLength}\n`).update(bytes);
  return hash.digest('hex');
}

/** A picture that was decoded: no larger than the largest step. */
interface Picture {
  /** Of the upright original. */
  readonly width: number;
  readonly height: number;
  readonly pixels: () => Sharp;
  readonly steps: ReturnType<typeof stepsFor>;
}

async function ofPicture<Made>(
  original: Uint8Array,
  watermark: string | null,
  make: (picture: Picture) => Promise<Made>,
): Promise<Made | Refusal> {
  if (original.byteLength > MAX_PHOTO_BYTES) return { kind: 'rejected', code: 'TOO_LARGE' };
  let picture: Picture | Refusal;
  try {
    picture = await decode(original);
  } catch (cause) {
    // libvips says what it does not like only in words: whatever it refuses is no picture for us.
    if (cause instanceof Error && !isOurs(cause)) return { kind: 'rejected', code: codeOf(cause) };
    throw cause;
  }
  if ('kind' in picture) return picture;
  return make(watermark === null ? picture : { ...picture, ...(await marked(picture, watermark)) });
}

const isOurs = (cause: Error): boolean => cause instanceof TypeError || cause instanceof RangeError || cause instanceof ReferenceError;

const codeOf = ({ message }: Error): RejectionCode =>
  /unsupported image format|Buffer is empty/iu.test(message) ? 'UNSUPPORTED_MEDIA' : 'CORRUPT';

const ofRaw = (data: Buffer, { width, height, channels }: OutputInfo): Sharp =>
  sharp(data, { raw: { width, height, channels }, limitInputPixels: MAX_PIXELS });

const read = (bytes: Uint8Array): Sharp => sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error', sequentialRead: true, pages: 1 });

/** Decodes once, into raw upright sRGB pixels no larger than the largest step; every size is made from those. */
async function decode(original: Uint8Array): Promise<Picture | Refusal> {
  if (!TYPES.has((await fileTypeFromBuffer(original))?.mime ?? '')) return { kind: 'rejected', code: 'UNSUPPORTED_MEDIA' };
  const about = await sharp(original, { limitInputPixels: false, failOn: 'error', pages: 1 }).metadata();
  if (!FORMATS.has(about.format ?? '') || isSomethingElseToo(original)) return { kind: 'rejected', code: 'UNSUPPORTED_MEDIA' };
  if (isPackedBomb(original)) return { kind: 'rejected', code: 'TOO_LARGE' };
  const size = Math.max(about.width * about.height, gifScreen(original));
  if (size > MAX_PIXELS || (await framesOf(original)) * size > MAX_FRAME_PIXELS) return { kind: 'rejected', code: 'TOO_LARGE' };

  const { width, height } = about.autoOrient;
  const steps = stepsFor(width);
  const largest = steps.at(-1);
  if (largest === undefined) throw new Error('a ladder without steps');
  const { data, info } = await read(original)
    .autoOrient()
    .resize({ width: largest.width, height: largest.maxHeight, fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { width, height, pixels: () => ofRaw(data, info), steps };
}

/** {@link watermarkSvg} as a PNG, for whoever draws it over moving pictures. */
export async function markPicture(text: string, width: number, height: number): Promise<Uint8Array> {
  return sharp(watermarkSvg(text, width, height))
    .png()
    .toBuffer();
}

/** The mark is drawn once, on the largest size: the others show it as they show the picture. */
async function marked(picture: Picture, watermark: string): Promise<Pick<Picture, 'pixels'>> {
  const { width, height } = await picture.pixels().metadata();
  const { data, info } = await picture
    .pixels()
    .composite([{ input: watermarkSvg(watermark, width, height) }])
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { pixels: () => ofRaw(data, info) };
}

async function framesOf(original: Uint8Array): Promise<number> {
  const { pages } = await sharp(original, { limitInputPixels: false, failOn: 'error' }).metadata();
  return pages ?? 1;
}

async function eachStep(
  steps: Picture['steps'],
  pixels: Picture['pixels'],
  encoded: (size: Sharp) => Sharp,
): Promise<readonly PhotoVariant[]> {
  return Promise.all(
    steps.map(async ({ name, width, maxHeight }): Promise<PhotoVariant> => {
      const size = pixels().resize({ width, height: maxHeight, fit: 'inside', withoutEnlargement: true });
      const made = await encoded(size).toBuffer({ resolveWithObject: true });
      return { name, width: made.info.width, height: made.info.height, bytes: made.data };
    }),
  );
}

async function blurhashOf(pixels: Sharp): Promise<string> {
  const { data, info } = await pixels.resize(32, 32, { fit: 'inside' }).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return encode(new Uint8ClampedArray(data), info.width, info.height, 4, 3);
}
