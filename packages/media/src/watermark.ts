import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as Opentype from 'opentype.js';

const require = createRequire(import.meta.url);

/** Of the picture's shorter side: how high the letters' em is. */
const SIZE = 1 / 24;
/** Smaller letters cannot be read. */
const MIN_SIZE = 12;

let font: Opentype.Font | undefined;

/** The font comes with us as an npm package, so a machine without any fonts writes the same letters. */
function loadFont(): Opentype.Font {
  // Its names are not to be had by an import: it is CommonJS that hides them.
  const { parse } = require('opentype.js') as typeof Opentype;
  const path = require.resolve('@fontsource/inter/files/inter-latin-600-normal.woff');
  const { buffer, byteOffset, byteLength } = readFileSync(path);
  return parse(buffer.slice(byteOffset, byteOffset + byteLength));
}

/**
 * A transparent SVG of exactly `width` × `height` pixels with a short text in its lower right corner: white on a thin dark edge, so that it is read on
 * any ground. A text that would be wider than half the picture is set smaller. `text`: letters of the basic Latin alphabet, at most some 40.
 */
export function watermarkSvg(text: string, width: number, height: number): Buffer {
  const inter = (font ??= loadFont());
  const { unitsPerEm } = inter;
  // Letter by letter: handles need no ligatures, and what shapes text does not know all that this font asks for.
  const letters = [...text].map((letter) => inter.charToGlyph(letter));
  const ems = letters.reduce((sum, { advanceWidth = 0 }) => sum + advanceWidth, 0) / unitsPerEm;
  const size = Math.min(Math.max(MIN_SIZE, Math.min(width, height) * SIZE), width / 2 / ems);
  const margin = size * 0.75;
  let left = width - margin - ems * size;
  const path = letters
    .map((glyph) => {
      const drawn = glyph.getPath(left, height - margin, size).toPathData(1);
      left += ((glyph.advanceWidth ?? 0) / unitsPerEm) * size;
      return drawn;
    })
    .join('');
  const edge = `stroke="#000" stroke-opacity=".35" stroke-width="${(size / 8).toFixed(1)}" stroke-linejoin="round"`;
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><path d="${path}" fill="#fff" fill-opacity=".85" paint-order="stroke" ${edge}/></svg>`,
  );
}
