import { inflateSync } from 'node:zlib';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Chunks of a PNG that hold something packed beside the pixels: decoders pass over what is too large, and nobody has such a file by accident. */
const PACKED = new Set(['iCCP', 'zTXt', 'iTXt']);
/** The largest colour profiles have some 3 MB. */
const UNPACKED_BYTES = 8 * 1024 * 1024;
/** No text's keyword, and no profile's name, is longer. */
const KEYWORD_BYTES = 80;

/** Whether something in a PNG unpacks to more than a picture has use for. Unpacks no more than 8 MiB at a time. */
export function isPackedBomb(picture: Uint8Array): boolean {
  const bytes = Buffer.from(picture.buffer, picture.byteOffset, picture.byteLength);
  if (!bytes.subarray(0, PNG.length).equals(PNG)) return false;
  for (let at = PNG.length; at + 8 <= bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (PACKED.has(type) && unpacksTooLarge(bytes.subarray(at + 8, at + 8 + length))) return true;
    at += length + 12;
  }
  return false;
}

function unpacksTooLarge(data: Buffer): boolean {
  const end = data.subarray(0, KEYWORD_BYTES).indexOf(0);
  // Behind the keyword stand its zero and one byte or more of method; where exactly the packed bytes begin, differs: zlib knows its own.
  const start = end === -1 ? -1 : data.indexOf(0x78, end + 1);
  if (start === -1) return false;
  try {
    inflateSync(data.subarray(start), { maxOutputLength: UNPACKED_BYTES });
    return false;
  } catch (cause) {
    return cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE';
  }
}

/** How many pixels a GIF says that its screen has: decoders may show less. 0 for anything else. */
export function gifScreen(picture: Uint8Array): number {
  const bytes = Buffer.from(picture.buffer, picture.byteOffset, picture.byteLength);
  return bytes.length < 10 || bytes.toString('latin1', 0, 4) !== 'GIF8' ? 0 : bytes.readUInt16LE(6) * bytes.readUInt16LE(8);
}
