import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { makeAvif, makePhoto } from './photo.js';
import type { RejectionCode } from './processing.js';

const red = { r: 250, g: 20, b: 20 };
const blue = { r: 20, g: 20, b: 250 };

/** Left half red, right half blue. */
async function halves(width: number, height: number) {
  const half = await sharp({ create: { width: Math.floor(width / 2), height, channels: 3, background: red } })
    .png()
    .toBuffer();
  return sharp({ create: { width, height, channels: 3, background: blue } }).composite([{ input: half, left: 0, top: 0 }]);
}

async function photo(bytes: Uint8Array) {
  const made = await makePhoto(bytes);
  if (made.kind !== 'photo') throw new Error('refused');
  return made;
}

async function pixel(bytes: Uint8Array, left: number, top: number): Promise<number[]> {
  return [...(await sharp(bytes, { ignoreIcc: true }).removeAlpha().extract({ left, top, width: 1, height: 1 }).raw().toBuffer())];
}

/** A PNG that claims to be so large and holds next to nothing. */
function emptyPng(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc(body), body.length + 4);
    return out;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(1000))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function crc(bytes: Buffer): number {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return (value ^ 0xffffffff) >>> 0;
}

describe('a photo with a watermark', () => {
  it('shows it in the lower right corner of every size and format, and is elsewhere as without', async () => {
    const bytes = await (await halves(1_280, 960)).png().toBuffer();
    const [bare, marked, avif] = await Promise.all([
      makePhoto(bytes),
      makePhoto(bytes, { watermark: '@anna_nguyen' }),
      makeAvif(bytes, { watermark: '@anna_nguyen' }),
    ]);
    if (bare.kind !== 'photo' || marked.kind !== 'photo' || avif.kind !== 'avif') throw new Error('refused');

    expect(marked.address).not.toBe(bare.address);
    expect(bare.variants.map(({ name }) => name)).toEqual(marked.variants.map(({ name }) => name));
    for (const variant of [...marked.variants, ...avif.variants]) {
      const { width, height } = variant;
      const corner = {
        left: Math.floor(width / 2),
        top: Math.floor(height * 0.9),
        width: Math.floor(width / 2),
        height: Math.floor(height / 10),
      };
      const brightest = async (bytesOf: Uint8Array) => {
        const { channels } = await sharp(await sharp(bytesOf).extract(corner).toBuffer()).stats();
        return channels[0]?.max ?? 0;
      };
      expect([variant.name, (await brightest(variant.bytes)) > 120]).toEqual([variant.name, true]);
      expect((await pixel(variant.bytes, width - 2, 2))[0]).toBeLessThan(60);
    }
  });
});

describe('a photo', () => {
  it('comes in the steps of the ladder, never above the original', async () => {
    const made = await photo(await (await halves(500, 250)).jpeg().toBuffer());
    expect(made).toMatchObject({ width: 500, height: 250 });
    expect(made.variants.map(({ name, width, height }) => [name, width, height])).toEqual([
      ['w160', 160, 80],
      ['w320', 320, 160],
      ['w640', 500, 250],
    ]);
    for (const { bytes, width, height } of made.variants) {
      expect(await sharp(bytes).metadata()).toMatchObject({ format: 'webp', width, height, space: 'srgb' });
    }
  });

  it('stands upright', async () => {
    // Orientation 6: the camera was turned, the top of the scene is at the left of the pixels.
    const lying = await (await halves(400, 200)).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    const made = await photo(lying);
    expect(made).toMatchObject({ width: 200, height: 400 });
    const largest = made.variants.at(-1)!;
    expect(await sharp(largest.bytes).metadata()).toMatchObject({ width: 200, height: 400 });
    const [top] = await pixel(largest.bytes, 100, 40);
    const [bottom] = await pixel(largest.bytes, 100, 360);
    expect(top).toBeGreaterThan(200);
    expect(bottom).toBeLessThan(60);
  });

  it('keeps neither place nor camera nor any other metadata', async () => {
    const exif = { IFD0: { Make: 'SecretCamera', Artist: 'Anna' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 30/1 0/1' } };
    const original = await (await halves(400, 200)).jpeg().withExif(exif).keepIccProfile().toBuffer();
    expect(original.includes('SecretCamera')).toBe(true);
    for (const { bytes } of (await photo(original)).variants) {
      const metadata = await sharp(bytes).metadata();
      expect([metadata.exif, metadata.xmp, metadata.iptc, metadata.icc, metadata.orientation]).toEqual(Array.from({ length: 5 }));
      for (const word of ['SecretCamera', 'Anna', 'GPS', 'EXIF', 'ICCP', 'XMP ']) expect(Buffer.from(bytes).includes(word)).toBe(false);
    }
  });

  it('keeps its colours when it comes in a wider gamut', async () => {
    const srgb = { r: 200, g: 60, b: 60 };
    const wide = await sharp({ create: { width: 200, height: 200, channels: 3, background: srgb } })
      .withIccProfile('p3')
      .png()
      .toBuffer();
    const raw = await pixel(wide, 10, 10);
    expect(Math.abs(raw[0]! - srgb.r)).toBeGreaterThan(8); // in P3 the same red has other numbers
    const shown = await pixel((await photo(wide)).variants.at(-1)!.bytes, 100, 100);
    for (const [index, value] of [srgb.r, srgb.g, srgb.b].entries()) expect(Math.abs(shown[index]! - value)).toBeLessThan(6);
  });

  it.each(['png', 'webp', 'gif', 'avif'] as const)('may come as %s', async (format) => {
    expect(await photo(await (await halves(300, 100)).toFormat(format).toBuffer())).toMatchObject({ width: 300, height: 100 });
  });

  it('may have 16 bits, four inks or shades of grey', async () => {
    const grey = await (await halves(200, 100)).greyscale().png().toBuffer();
    const deep = await (await halves(200, 100)).toColourspace('rgb16').png().toBuffer();
    const inks = await (await halves(200, 100)).toColourspace('cmyk').jpeg().toBuffer();
    for (const bytes of [grey, deep, inks]) expect((await photo(bytes)).variants).toHaveLength(2);
    const [r, g, b] = await pixel((await photo(deep)).variants.at(-1)!.bytes, 20, 50);
    expect([r! > 200, g! < 80, b! < 80]).toEqual([true, true, true]);
  });

  it('may be very tall or very flat', async () => {
    const tall = await sharp({ create: { width: 40, height: 20_000, channels: 3, background: red } })
      .png()
      .toBuffer();
    const flat = await sharp({ create: { width: 8_000, height: 2, channels: 3, background: red } })
      .png()
      .toBuffer();
    expect((await photo(tall)).variants.at(-1)!.height).toBeLessThanOrEqual(16_383);
    expect((await photo(flat)).variants.map(({ height }) => height)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('has a picture of some 30 characters', async () => {
    expect((await photo(await (await halves(300, 100)).png().toBuffer())).blurhash).toMatch(/^\S{28}$/);
  });

  it('has the same address whenever it is made, and another photo another', async () => {
    const [one, again, other] = await Promise.all([halves(300, 100), halves(300, 100), halves(302, 100)]);
    const addresses = await Promise.all([one, again, other].map(async (made) => (await photo(await made.png().toBuffer())).address));
    expect(addresses[0]).toBe(addresses[1]);
    expect(addresses[0]).not.toBe(addresses[2]);
    expect(addresses[0]).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('what is no photo', () => {
  it('is refused with a code', async () => {
    const jpeg = await (await halves(800, 600)).jpeg().toBuffer();
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd" width="9" height="9"/></svg>';
    const hostile: Record<string, readonly [RejectionCode, Uint8Array]> = {
      nothing: ['UNSUPPORTED_MEDIA', Buffer.alloc(0)],
      text: ['UNSUPPORTED_MEDIA', Buffer.from('a text file called x.png')],
      svg: ['UNSUPPORTED_MEDIA', Buffer.from(svg)],
      pdf: ['UNSUPPORTED_MEDIA', Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n')],
      'cut off': ['CORRUPT', jpeg.subarray(0, jpeg.length / 3)],
      'a head only': ['CORRUPT', jpeg.subarray(0, 40)],
      tiff: ['UNSUPPORTED_MEDIA', await (await halves(30, 30)).tiff().toBuffer()],
      'a page as well': ['UNSUPPORTED_MEDIA', Buffer.concat([jpeg, Buffer.from('<script>alert(1)</script>')])],
      'sixteen thousand pixels each way': ['TOO_LARGE', emptyPng(16_000, 16_000)],
    };
    for (const [name, [code, bytes]] of Object.entries(hostile))
      expect([name, await makePhoto(bytes)]).toEqual([name, { kind: 'rejected', code }]);
  });
});
