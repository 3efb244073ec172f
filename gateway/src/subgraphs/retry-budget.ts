/** Second tries are at most a tenth of first ones: where everything fails, repeating it all would double the load on what is failing. */
export class RetryBudget {
  readonly #share: number;
  readonly #most: number;
  #saved: number;

  constructor(share = 0.1, most = 20) {
    this.#share = share;
    this.#most = most;
    this.#saved = most;
  }

  /** A first try. */
  earn(): void {
    this.#saved = Math.min(this.#most, this.#saved + this.#share);
  }

  /** Whether there may be a second try; it is paid for. */
  spend(): boolean {
    if (this.#saved < 1) return false;
    this.#saved -= 1;
    return true;
  }
}
