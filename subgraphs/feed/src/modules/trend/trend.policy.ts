export const TREND_KINDS = ['HASHTAG', 'POST', 'LINK', 'PRODUCT', 'USER'] as const;
export type TrendKind = (typeof TREND_KINDS)[number];

const HOUR_MS = 3_600_000;
/** What is observed, and what it is held against, are a day each. */
export const WINDOW_MS = 24 * HOUR_MS;
/** A peak is remembered for so long; a later, lower one then counts again. */
export const COOLDOWN_MS = 48 * HOUR_MS;
/** What counts lies at most so far back: a peak at the end of its cooldown, its own day and the day before. */
export const MEMORY_MS = COOLDOWN_MS + 2 * WINDOW_MS;
/** Fewer accounts are no trend. */
export const THRESHOLD = 5;

interface Rule {
  readonly halfLifeMs: number;
  /** Below this a score has decayed to nothing. */
  readonly least: number;
}

/** Half-lives and floors as Mastodon has them (app/models/trends); people and products, which it has not, are as slow as links. */
const RULES: Readonly<Record<TrendKind, Rule>> = {
  HASHTAG: { halfLifeMs: 4 * HOUR_MS, least: 1 },
  LINK: { halfLifeMs: 8 * HOUR_MS, least: 1 },
  PRODUCT: { halfLifeMs: 8 * HOUR_MS, least: 1 },
  USER: { halfLifeMs: 8 * HOUR_MS, least: 1 },
  POST: { halfLifeMs: HOUR_MS, least: 0.3 },
};

/** How many unique accounts took part in the day up to a moment, and in the day before that. */
export interface Counts {
  readonly observed: number;
  readonly before: number;
}

/** A highest score that is remembered, with what counted in it as it is known now: what was taken back since is not in it. */
export interface RememberedPeak extends Counts {
  readonly at: Date;
}

/** A subject with what is known of it. */
export interface Tally extends Counts {
  readonly kind: TrendKind;
  readonly peak: RememberedPeak | null;
  /** Of a post: when it was made. */
  readonly bornAt: Date | null;
}

/** What comes of a tally at one moment. */
export interface Judgement {
  /** What it ranks by; 0 when it does not trend. */
  readonly score: number;
  readonly observed: number;
  readonly expected: number;
  readonly peakScore: number;
  readonly peakAt: Date;
}

/** What one day lets expect of the next; nothing is ever expected to be nothing. */
export const expectedFrom = (before: number): number => Math.max(1, before);

/** (o − e)² / e; 0 below the threshold and where less than expected has come. */
export function surprise(observed: number, expected: number): number {
  return observed < THRESHOLD || observed < expected ? 0 : (observed - expected) ** 2 / expected;
}

/** A score after some time: half of it after each half-life, 0 below the kind's floor. A clock that goes back does not raise it. */
export function decayed(kind: TrendKind, score: number, sinceMs: number): number {
  const { halfLifeMs, least } = RULES[kind];
  const left = score * 0.5 ** (Math.max(0, sinceMs) / halfLifeMs);
  return left < least ? 0 : left;
}

/**
 * Where a subject stands. Of a post nothing is expected and it decays from its making; everything else decays from its peak. Null: it neither
 * trends nor has a peak to remember.
 */
export function judge({ kind, observed, before, peak, bornAt }: Tally, now: Date): Judgement | null {
  const expect = (day: number): number => (kind === 'POST' ? 1 : expectedFrom(day));
  const score = surprise(observed, expect(before));
  const isPeakOver = peak === null || now.getTime() - peak.at.getTime() > COOLDOWN_MS;
  const known = isPeakOver ? 0 : surprise(peak.observed, expect(peak.before));
  const [peakScore, peakAt] = isPeakOver || score > known ? [score, now] : [known, peak.at];
  if (peakScore === 0) return null;
  const sinceMs = now.getTime() - (bornAt ?? peakAt).getTime();
  return {
    score: decayed(kind, kind === 'POST' ? score : peakScore, sinceMs),
    observed,
    expected: expect(before),
    peakScore,
    peakAt,
  };
}
