import { setImmediate as nextTurn } from 'node:timers/promises';

/** Counts what is under way, so that what it needs can be let go of once nothing is. */
export class Work {
  #open = 0;
  readonly #waiting: (() => void)[] = [];

  /** Something begins; call the result when it is over. More than once is once. */
  enter(): () => void {
    this.#open += 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#open -= 1;
      if (this.#open === 0) for (const wake of this.#waiting.splice(0)) wake();
    };
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    const leave = this.enter();
    try {
      return await work();
    } finally {
      leave();
    }
  }

  /** Resolves when nothing was under way for a turn of the event loop: what was let in and goes on at once has begun by then. */
  async ended(): Promise<void> {
    do {
      if (this.#open > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
      await nextTurn();
    } while (this.#open > 0);
  }
}
