/** One rendition that is to be made. */
export interface Rendition {
  /** `720p`: the shorter side, in pixels. */
  readonly name: string;
  /** Even, and never above the source's. */
  readonly width: number;
  readonly height: number;
  /** Of the picture at most, over any second and a half. */
  readonly maxBitsPerSecond: number;
  /** H.264's level, of the profile Main, that holds this many pixels 30 times a second. */
  readonly level: '3.0' | '3.1' | '4.0';
}

/** Shorter and longer side of the largest frame of a step. H.264's levels count 16 × 16 blocks, so the longer side is bounded too. */
const STEPS = [
  { short: 144, long: 256, maxBitsPerSecond: 250_000, level: '3.0' },
  { short: 240, long: 428, maxBitsPerSecond: 450_000, level: '3.0' },
  { short: 480, long: 854, maxBitsPerSecond: 1_300_000, level: '3.1' },
  { short: 720, long: 1280, maxBitsPerSecond: 2_800_000, level: '3.1' },
  { short: 1080, long: 1920, maxBitsPerSecond: 5_000_000, level: '4.0' },
] as const;

/** A step with less than this many times the pixels of the one below is not worth its bytes. */
const WORTH = 1.3;

/**
 * The renditions for an upright source so large, the smallest first: every step below it and the source's own size, at most 1080p. Always two, that a
 * player on a bad line has a way down: the step of 144 lines serves only a source that would have one otherwise, and below that half its size.
 */
export function renditionsFor(width: number, height: number): readonly Rendition[] {
  const fitted: Rendition[] = [];
  for (const step of STEPS.slice(1)) {
    const rendition = fit(width, height, step);
    const below = fitted.at(-1);
    if (below !== undefined && (area(rendition) < area(below) * WORTH || rendition.name === below.name)) fitted.pop();
    fitted.push(rendition);
    if (isWhole(width, height, step)) break;
  }
  const [only] = fitted;
  if (only === undefined || fitted.length > 1) return fitted;
  const small = fit(width, height, STEPS[0]);
  const lower =
    area(only) >= area(small) * WORTH ? small : fit(width, height, { ...STEPS[0], short: half(only.height, only.width), long: 256 });
  return lower.name === only.name ? fitted : [lower, only];
}

type Step = Omit<(typeof STEPS)[number], 'short' | 'long'> & { readonly short: number; readonly long: number };

const area = ({ width, height }: Pick<Rendition, 'width' | 'height'>): number => width * height;
const half = (height: number, width: number): number => Math.max(2, Math.floor(Math.min(height, width) / 2));
const isWhole = (width: number, height: number, step: Step): boolean => scaleOf(width, height, step) === 1;

function scaleOf(width: number, height: number, { short, long }: Step): number {
  return Math.min(1, short / Math.min(width, height), long / Math.max(width, height));
}

function fit(width: number, height: number, step: Step): Rendition {
  const scale = scaleOf(width, height, step);
  const [across, down] = [even(width * scale), even(height * scale)];
  return { name: `${Math.min(across, down)}p`, width: across, height: down, maxBitsPerSecond: step.maxBitsPerSecond, level: step.level };
}

/** H.264 halves colours, so both sides are even. */
const even = (pixels: number): number => Math.max(2, 2 * Math.floor(pixels / 2 + 0.001));
