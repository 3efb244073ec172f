const FIRST_MS = 100;
const LONGEST_MS = 5_000;

interface Failure {
  readonly times: number;
  readonly at: number;
  readonly retryAt: number;
}

/** Which lanes of a consumer fail, and when each is tried again: after 100 ms, then twice as long each time, at most 5 s. Times are of `performance`. */
export class Backoff {
  readonly #failures = new Map<number, Failure>();

  failed(lane: number): void {
    const times = (this.#failures.get(lane)?.times ?? 0) + 1;
    const at = performance.now();
    this.#failures.set(lane, { times, at, retryAt: at + Math.min(LONGEST_MS, FIRST_MS * 2 ** (times - 1)) });
  }

  succeeded(lane: number): void {
    this.#failures.delete(lane);
  }

  get any(): boolean {
    return this.count > 0;
  }

  /** How many lanes fail. */
  get count(): number {
    return this.#failures.size;
  }

  /** Whether the lane may be tried now. */
  isDue(lane: number): boolean {
    return (this.#failures.get(lane)?.retryAt ?? 0) <= performance.now();
  }

  failedSince(lane: number, time: number): boolean {
    return (this.#failures.get(lane)?.at ?? -1) >= time;
  }

  /** Milliseconds until the next retry; null when nothing fails. */
  get nextRetryMs(): number | null {
    if (!this.any) return null;
    const next = Math.min(...[...this.#failures.values()].map(({ retryAt }) => retryAt));
    return Math.max(0, next - performance.now());
  }

  /** Lets every lane be tried at once. */
  retryNow(): void {
    for (const [lane, failure] of this.#failures) this.#failures.set(lane, { ...failure, retryAt: 0 });
  }
}
