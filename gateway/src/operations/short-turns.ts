/** Of one turn of the event loop, in milliseconds. */
const TURN_MS = 5;

/**
 * Work in short turns of the event loop, in the order of its coming: after so many milliseconds everybody else is served before the next piece. A
 * piece itself is not interrupted.
 */
export class ShortTurns {
  readonly #waiting: (() => void)[] = [];
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** What `work` returns or throws, once it was its turn. */
  take<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => {
        try {
          resolve(work());
        } catch (error) {
          reject(error); // as it was thrown
        }
      });
      if (this.#waiting.length === 1) setImmediate(this.#turn);
    });
  }

  /** Whoever works stands in the queue until they are done: who comes meanwhile begins no other turn. */
  readonly #turn = (): void => {
    for (const until = this.#now() + TURN_MS; ;) {
      this.#waiting[0]?.();
      this.#waiting.shift();
      if (this.#waiting.length === 0) return;
      if (this.#now() >= until) break;
    }
    setImmediate(this.#turn);
  };
}
