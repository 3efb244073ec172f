/** What opens a {@link CircuitBreaker}, and for how long. */
export interface BreakerOptions {
  /** Failures one after the other that open it. */
  readonly failures?: number;
  /** The first rest; each further one is twice as long, up to `longestRestMs`. */
  readonly firstRestMs?: number;
  readonly longestRestMs?: number;
  /** Milliseconds. Default: those since the process began. */
  readonly now?: () => number;
}

/**
 * Spares callers the wait for something that does not answer. After so many failures one after the other it is open for a rest; then one caller
 * is let through to look, and what becomes of that one closes it or begins the next rest.
 */
export class CircuitBreaker {
  readonly #failures: number;
  readonly #firstRestMs: number;
  readonly #longestRestMs: number;
  readonly #now: () => number;
  #failed = 0;
  #restMs: number;
  #restsUntil = 0;
  #isProbed = false;

  constructor({ failures = 5, firstRestMs = 500, longestRestMs = 5_000, now = () => performance.now() }: BreakerOptions = {}) {
    this.#failures = failures;
    this.#firstRestMs = firstRestMs;
    this.#longestRestMs = longestRestMs;
    this.#now = now;
    this.#restMs = firstRestMs;
  }

  get isOpen(): boolean {
    return this.#failed >= this.#failures;
  }

  /** Whether a caller may go through now. Who may, says later how it went. */
  enter(): boolean {
    if (!this.isOpen) return true;
    if (this.#isProbed || this.#now() < this.#restsUntil) return false;
    this.#isProbed = true;
    return true;
  }

  succeeded(): void {
    this.#failed = 0;
    this.#restMs = this.#firstRestMs;
    this.#isProbed = false;
  }

  failed(): void {
    this.#failed += 1;
    if (!this.isOpen) return;
    // Those who were on their way when it opened do not lengthen the rest.
    if (this.#isProbed || this.#failed === this.#failures) {
      this.#restsUntil = this.#now() + this.#restMs;
      this.#restMs = Math.min(this.#longestRestMs, this.#restMs * 2);
    }
    this.#isProbed = false;
  }

  /** It went in a way that says nothing. */
  passed(): void {
    this.#isProbed = false;
  }
}
