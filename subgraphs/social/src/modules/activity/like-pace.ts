import type { Pace } from '@plaza/live/log-stream';

/** So many likes and unlikes a stream tells within {@link WINDOW_MS}. */
const MOST = 4;
const WINDOW_MS = 1_000;
const SPACING_MS = WINDOW_MS / MOST;

/**
 * When a stream tells of likes: at most four in any second. A few are told one by one; of more, those that a later one has overtaken are left
 * out, because counts are absolute and the newest holds all. While it is so hot the ones told are spread evenly.
 */
export class LikePace {
  readonly #now: () => number;
  /** When the last ones were told. */
  #told: readonly number[] = [];
  #isHot = false;

  /** @param now milliseconds that only grow */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  of({ isOvertaken }: { readonly isOvertaken: boolean }): Pace {
    const now = this.#now();
    this.#told = this.#told.filter((at) => at > now - WINDOW_MS);
    if (this.#told.length === 0) this.#isHot = false;
    const isFree = this.#waitMs(now) <= 0;
    // The last place of a second is kept for the newest.
    if (isOvertaken && (this.#isHot || this.#told.length >= MOST - 1)) {
      this.#isHot = true;
      return 'never';
    }
    if (isFree) {
      this.#told = [...this.#told, now];
      return 'now';
    }
    this.#isHot = true;
    return { inMs: this.#waitMs(now) };
  }

  #waitMs(now: number): number {
    const [oldest] = this.#told;
    const last = this.#told.at(-1);
    const full = this.#told.length >= MOST && oldest !== undefined ? oldest + WINDOW_MS - now : 0;
    const spaced = this.#isHot && last !== undefined ? last + SPACING_MS - now : 0;
    return Math.max(full, spaced);
  }
}
