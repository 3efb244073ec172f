/** Lets so many pieces of work go on at once; the others wait in the order of their coming. */
export class Turnstile {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(places: number) {
    this.#free = places;
  }

  get hasPlace(): boolean {
    return this.#free > 0;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Takes a place if there is one: whoever does leaves it again. */
  enter(): boolean {
    if (this.#free === 0) return false;
    this.#free -= 1;
    return true;
  }

  /** Once for each place that was taken. */
  leave(): void {
    // The place goes from hand to hand: it becomes free only when nobody waits.
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }

  /** Runs `work` when there is a place; passes on what it returns or throws. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (!this.enter()) await new Promise<void>((enter) => this.#waiting.push(enter));
    try {
      return await work();
    } finally {
      this.leave();
    }
  }
}
