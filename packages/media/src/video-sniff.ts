/** What a video came in. Each is read by exactly one of ffmpeg's demuxers, whose name this is. */
export type Container = 'mov' | 'matroska';

/** So many bytes from the front are enough for {@link sniffContainer}. */
export const SNIFF_BYTES = 64;

/** Brands of the same container that hold pictures. */
const PICTURES = new Set(['avif', 'avis', 'heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'mif1', 'msf1', 'crx ']);

/**
 * MP4, QuickTime and 3GP, or Matroska and WebM, told by the first bytes alone; null for everything else. Names and what a client says of its
 * file do not count. What this returns is forced on ffmpeg, so that a text which is a playlist or a list of files to join is never read as one.
 */
export function sniffContainer(head: Uint8Array): Container | null {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, SNIFF_BYTES)).toString('latin1');
  if (text.startsWith('\x1a\x45\xdf\xa3')) return 'matroska';
  return text.slice(4, 8) === 'ftyp' && !PICTURES.has(text.slice(8, 12)) ? 'mov' : null;
}
