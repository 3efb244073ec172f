/** The widths in which a picture is kept, in pixels. */
export const LADDER = [160, 320, 640, 1080, 1600, 2048] as const;

/** WebP holds no side longer than this, in pixels. */
const LONGEST_SIDE = 16_383;

/** One size that is to be made: `width` is a limit, the picture is never made larger. */
export interface Step {
  /** `w640`: the step of the ladder, though the picture may be narrower. */
  readonly name: string;
  readonly width: number;
  /** In pixels; only the tallest of pictures reach it. */
  readonly maxHeight: number;
}

/** The steps for an original so wide: each below it, and the next one, which then carries the original's own width. At least one. */
export function stepsFor(originalWidth: number): readonly Step[] {
  const above = LADDER.findIndex((width) => width >= originalWidth);
  const steps = above === -1 ? LADDER : LADDER.slice(0, above + 1);
  return steps.map((step) => ({ name: `w${step}`, width: Math.min(step, originalWidth), maxHeight: LONGEST_SIDE }));
}

/** What a size is called: the step of the ladder. */
interface Named {
  readonly name: string;
}

/**
 * The variant for somebody who asks for `width`: the next step of the ladder that is at least so wide, else the largest. Without `width` the
 * largest. `variants` come the smallest first; null when there are none.
 */
export function variantFor<Variant extends Named>(variants: readonly Variant[], width?: number | null): Variant | null {
  const fitting = width == null ? undefined : variants.find(({ name }) => Number(name.slice(1)) >= width);
  return fitting ?? variants.at(-1) ?? null;
}
