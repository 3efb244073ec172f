/** Counts how many of something are there at a time, by key. */
export class Presence {
  readonly #most: number;
  readonly #present = new Map<string, number>();

  /** At most so many of one key; 0: no limit. */
  constructor(most: number) {
    this.#most = most;
  }

  /** False, and nothing is counted, when there are as many as there may be. */
  enter(key: string): boolean {
    const present = this.#present.get(key) ?? 0;
    if (this.#most > 0 && present >= this.#most) return false;
    this.#present.set(key, present + 1);
    return true;
  }

  leave(key: string): void {
    const present = this.#present.get(key) ?? 0;
    if (present <= 1) this.#present.delete(key);
    else this.#present.set(key, present - 1);
  }
}
