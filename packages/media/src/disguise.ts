/** Bytes that make a file a page or a program, wherever they stand. */
const MARKUP = /<\?php[\s\r\n]|<script[\s>]|<!doctype html|<html[\s>]|<svg[\s>]/iu;
/** Signatures of archives, too long to come about by chance. */
const ARCHIVES = [Buffer.from('Rar!\u001a\u0007', 'latin1'), Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c])];
const ZIP_END = Buffer.from('PK\u0005\u0006', 'latin1');
const ZIP_END_BYTES = 22;
/** A ZIP's end may stand before a comment of so many bytes. */
const ZIP_COMMENT_BYTES = 65_535;
/** Readers of PDF look so far for its beginning. */
const PDF_WITHIN = 1_024;

/**
 * Whether a picture is a page, a program, an archive or a PDF as well. What we make of a picture holds nothing of it, but nobody has such a
 * file by accident. Motion photos, which carry a video behind the picture, are none of these.
 */
export function isSomethingElseToo(picture: Uint8Array): boolean {
  const bytes = Buffer.from(picture.buffer, picture.byteOffset, picture.byteLength);
  return (
    bytes.subarray(0, PDF_WITHIN).includes('%PDF-') || endsAsZip(bytes) || ARCHIVES.some((mark) => bytes.includes(mark)) || hasMarkup(bytes)
  );
}

function endsAsZip(bytes: Buffer): boolean {
  const from = Math.max(0, bytes.length - ZIP_END_BYTES - ZIP_COMMENT_BYTES);
  for (let at = bytes.indexOf(ZIP_END, from); at !== -1; at = bytes.indexOf(ZIP_END, at + 1)) {
    // The record says how long its comment is, and readers want it to end with the file, give or take what was padded.
    if (at + ZIP_END_BYTES <= bytes.length && at + ZIP_END_BYTES + bytes.readUInt16LE(at + 20) <= bytes.length) return true;
  }
  return false;
}

const SLICE = 1024 * 1024;
const OVERLAP = 16;

function hasMarkup(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += SLICE) {
    if (MARKUP.test(bytes.toString('latin1', Math.max(0, at - OVERLAP), at + SLICE))) return true;
  }
  return false;
}
