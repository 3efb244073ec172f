import { randomBytes } from 'node:crypto';
import { crc32, deflateSync, gzipSync } from 'node:zlib';
import sharp from 'sharp';

/** A file that means no good, or is none. */
export interface HostileFile {
  readonly name: string;
  readonly bytes: Buffer;
  /** What the client calls it. */
  readonly contentType: string;
  /** How it may be refused; the first that says so counts, be it startUpload, the last byte or the worker. */
  readonly codes: readonly string[];
  /** What the client says of it, where that is not true. */
  readonly lies?: { readonly sha256?: string; readonly byteSize?: string };
}

const PNG_MAGIC = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function pngChunk(type: string, data: Uint8Array, sum?: number): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(sum ?? crc32(body));
  return Buffer.concat([length, body, check]);
}

function pngHeader(width: number, height: number, bits = 8, colour = 2, interlace = 0): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bits, colour, 0, 0, interlace], 8);
  return pngChunk('IHDR', header);
}

const png = (...chunks: readonly Buffer[]): Buffer => Buffer.concat([PNG_MAGIC, ...chunks, pngChunk('IEND', Buffer.alloc(0))]);

/** The chunks of a PNG between its head and its end. */
const afterHeader = (whole: Buffer): Buffer => whole.subarray(8 + 25, -12);

/** A GIF whose canvas is so large, with so many frames of one dot. */
function gif(width: number, height: number, frames: number): Buffer {
  const screen = Buffer.alloc(13);
  screen.write('GIF89a');
  screen.writeUInt16LE(width, 6);
  screen.writeUInt16LE(height, 8);
  screen[10] = 0x80;
  const palette = Buffer.from([0, 0, 0, 255, 255, 255]);
  const frame = Buffer.from([0x21, 0xf9, 4, 0, 1, 0, 0, 0, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]);
  return Buffer.concat([screen, palette, ...Array.from({ length: frames }, () => frame), Buffer.from([0x3b])]);
}

/** A JPEG with a segment after its start. */
function withSegment(jpeg: Buffer, marker: number, text: string): Buffer {
  const data = Buffer.from(text);
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, data, jpeg.subarray(2)]);
}

/** An archive of nothing: its end alone. */
const emptyZip = Buffer.concat([Buffer.from('PK\u0005\u0006'), Buffer.alloc(18)]);
const php = '<?php system($_GET["c"]); ?>';
const html = '<!doctype html><html><script>fetch("/me")</script></html>';
const text = (body: string): Buffer => Buffer.from(body);

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'teal', noise: { type: 'gaussian', mean: 120, sigma: 40 } } });

/** Sixty of them: made anew, because nobody wants them in a tree. */
export async function hostileFiles(): Promise<readonly HostileFile[]> {
  const [jpeg, progressive, flat, webp, avif, tiff, gifPicture] = await Promise.all([
    picture(400, 300).jpeg().toBuffer(),
    picture(400, 300).jpeg({ progressive: true }).toBuffer(),
    picture(400, 300).png().toBuffer(),
    picture(400, 300).webp().toBuffer(),
    picture(200, 150).avif({ effort: 0 }).toBuffer(),
    picture(40, 30).tiff().toBuffer(),
    picture(40, 30).gif().toBuffer(),
  ]);
  const none = ['UNSUPPORTED_MEDIA'];
  const broken = ['CORRUPT'];
  const either = ['CORRUPT', 'UNSUPPORTED_MEDIA'];
  const large = ['TOO_LARGE'];
  const file = (name: string, contentType: string, bytes: Buffer, codes: readonly string[], lies?: HostileFile['lies']): HostileFile => ({
    name,
    contentType,
    // No two are the same bytes: each is an upload of its own.
    bytes,
    codes,
    ...(lies === undefined ? {} : { lies }),
  });
  const header = (start: Buffer | string): Buffer => Buffer.concat([Buffer.from(start), randomBytes(300)]);
  const iccBomb = Buffer.concat([Buffer.from('x\0\0', 'latin1'), deflateSync(Buffer.alloc(120_000_000), { level: 1 })]);
  const textBomb = Buffer.concat([Buffer.from('Comment\0\0', 'latin1'), deflateSync(Buffer.alloc(150_000_000, 65), { level: 1 })]);

  return [
    // What is no picture, whatever it is called.
    file('a text called x.png', 'image/png', text('This is no picture.\n'.repeat(20)), none),
    file('PHP called x.png', 'image/png', text(php.repeat(10)), none),
    file('a page called x.jpg', 'image/jpeg', text(html), none),
    file('a script called x.webp', 'image/webp', text('alert(document.cookie);'.repeat(30)), none),
    file('a drawing by its name', 'image/svg+xml', text('<svg xmlns="http://www.w3.org/2000/svg"/>'), none),
    file('a drawing called x.png', 'image/png', text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'), none),
    file(
      'a drawing that reads files',
      'image/png',
      text('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'),
      none,
    ),
    file(
      'a drawing of a billion laughs',
      'image/png',
      text(
        '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>',
      ),
      none,
    ),
    file('a PDF', 'image/jpeg', text('%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n'), none),
    file('an archive', 'image/png', Buffer.concat([Buffer.from('PK\u0003\u0004'), randomBytes(200), emptyZip]), none),
    file('packed zeros', 'image/png', gzipSync(Buffer.alloc(20_000_000)), none),
    file('a program of Linux', 'image/jpeg', header('\u007fELF\u0002\u0001\u0001'), none),
    file('a program of Windows', 'image/jpeg', header('MZ\u0090\u0000'), none),
    file('a shell script', 'image/gif', text('#!/bin/sh\nrm -rf ~\n'), none),
    file('numbers at random', 'image/png', randomBytes(5_000), [...none, 'CORRUPT']),
    file('an icon', 'image/png', header(Buffer.from([0, 0, 1, 0, 1, 0])), none),
    file('a bitmap', 'image/png', header('BM'), none),
    file('a TIFF', 'image/jpeg', tiff, none),
    file('a TIFF for a program of 1992', 'image/jpeg', header(Buffer.from([0x4d, 0x4d, 0, 42, 0, 0, 0, 8])), none),
    file('a Photoshop document', 'image/png', header('8BPS\u0000\u0001'), none),
    file(
      'HEIC, which nobody may decode freely',
      'image/avif',
      header(Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic\0\0\0\0mif1heic')])),
      none,
    ),
    file('JPEG XL', 'image/jpeg', header(Buffer.from([0xff, 0x0a])), none),
    file('JPEG 2000', 'image/jpeg', header(Buffer.from([0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20, 13, 10, 0x87, 10])), none),
    file('a song', 'image/png', header('ID3\u0004\u0000\u0000'), none),
    file('a playlist called x.mp4', 'video/mp4', text('#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n'), none),
    file('a list of files to join called x.mp4', 'video/mp4', text("ffconcat version 1.0\nfile '/etc/passwd'\n"), none),
    file('zero bytes', 'image/png', Buffer.alloc(0), ['VALIDATION']),
    file('one byte', 'image/png', Buffer.from('x'), none),

    // A picture, and something else as well.
    file('a JPEG that is an archive', 'image/jpeg', Buffer.concat([jpeg, Buffer.from('PK\u0003\u0004'), emptyZip]), none),
    file('a PNG that is an archive', 'image/png', Buffer.concat([flat, emptyZip]), none),
    file('a GIF that is a script', 'image/gif', Buffer.concat([gifPicture, text('/*"*/=1;<script src=x></script>')]), none),
    file('a JPEG with PHP in its comment', 'image/jpeg', withSegment(jpeg, 0xfe, php), none),
    file(
      'a PNG with PHP in its text',
      'image/png',
      png(pngHeader(400, 300), pngChunk('tEXt', text(`Comment\0${php}`)), afterHeader(flat)),
      none,
    ),
    file('a JPEG that is a PDF', 'image/jpeg', withSegment(jpeg, 0xfe, '%PDF-1.4\n1 0 obj<</OpenAction 2 0 R>>endobj'), none),
    file(
      'a JPEG that is a RAR',
      'image/jpeg',
      Buffer.concat([jpeg, Buffer.from('Rar!\u001a\u0007\u0000', 'latin1'), randomBytes(50)]),
      none,
    ),
    file(
      'a PNG that is a 7z',
      'image/png',
      Buffer.concat([flat, Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]), randomBytes(50)]),
      none,
    ),
    file('a GIF that is a page', 'image/gif', Buffer.concat([gifPicture, text(html)]), none),
    file('a WebP that is PHP', 'image/webp', Buffer.concat([webp, text(php)]), none),
    file('a JPEG with a drawing behind it', 'image/jpeg', Buffer.concat([jpeg, text('<svg onload=alert(1)>')]), none),

    // Broken.
    file('a third of a JPEG', 'image/jpeg', jpeg.subarray(0, jpeg.length / 3), broken),
    file('the head of a JPEG', 'image/jpeg', jpeg.subarray(0, 40), broken),
    file('half of a progressive JPEG', 'image/jpeg', progressive.subarray(0, progressive.length / 2), broken),
    file('half of a PNG', 'image/png', flat.subarray(0, flat.length / 2), broken),
    file('the first bytes of a PNG', 'image/png', PNG_MAGIC, either),
    file('half of a WebP', 'image/webp', webp.subarray(0, webp.length / 2), either),
    file('the head of a GIF', 'image/gif', gifPicture.subarray(0, 20), either),
    file('half of an AVIF', 'image/avif', avif.subarray(0, avif.length / 2), either),
    file('a PNG of rubbish', 'image/png', png(pngHeader(100, 100), pngChunk('IDAT', randomBytes(500))), broken),
    file('a PNG without pixels', 'image/png', png(pngHeader(100, 100)), broken),
    file('a PNG no pixel wide', 'image/png', png(pngHeader(0, 100), pngChunk('IDAT', deflateSync(Buffer.alloc(10)))), either),
    file(
      'a PNG with a wrong checksum inside',
      'image/png',
      png(pngHeader(100, 100), pngChunk('IDAT', deflateSync(Buffer.alloc(30_100)), 1)),
      broken,
    ),
    file(
      'a JPEG of markers alone',
      'image/jpeg',
      Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(4_000, 0xff)]),
      either,
    ),

    // Bombs.
    file(
      '16,000 × 16,000 pixels',
      'image/png',
      png(pngHeader(16_000, 16_000), pngChunk('IDAT', deflateSync(Buffer.alloc(16_000 * 3 * 400)))),
      large,
    ),
    file(
      'as many pixels as a PNG can say',
      'image/png',
      png(pngHeader(2_147_483_647, 2_147_483_647), pngChunk('IDAT', deflateSync(Buffer.alloc(9)))),
      [...large, ...either],
    ),
    file('a GIF of 65,535 × 65,535', 'image/gif', gif(65_535, 65_535, 1), large),
    file('a GIF of 6,000 frames', 'image/gif', gif(2_000, 2_000, 6_000), large),
    file('a colour profile of 120 MB', 'image/png', png(pngHeader(400, 300), pngChunk('iCCP', iccBomb), afterHeader(flat)), large),
    file('a text of 150 MB', 'image/png', png(pngHeader(400, 300), pngChunk('zTXt', textBomb), afterHeader(flat)), large),

    // Lies.
    file('a checksum that lies', 'image/png', Buffer.concat([flat, Buffer.from('1')]), ['CHECKSUM_MISMATCH'], { sha256: 'ab'.repeat(32) }),
    file('more bytes than there may be', 'image/png', Buffer.concat([flat, Buffer.from('2')]), ['VALIDATION'], {
      byteSize: String(31 * 1024 * 1024),
    }),
    file(
      'a video of its name alone',
      'video/mp4',
      header(Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypisom\0\0\0\0isommp42')])),
      [...either, 'PROCESSING_FAILED'],
    ),
  ];
}
