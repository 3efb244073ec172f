/** Costly work, so much at once and so much waiting; the rest is told so at once instead of making everybody slow. */
export class WorkQueue {
  readonly #parallel: number;
  readonly #waiting: number;
  readonly #queue: (() => void)[] = [];
  #running = 0;

  constructor(options: { readonly parallel: number; readonly waiting: number }) {
    this.#parallel = options.parallel;
    this.#waiting = options.waiting;
  }

  get isFull(): boolean {
    return this.#running >= this.#parallel && this.#queue.length >= this.#waiting;
  }

  /** `full` when there is no room, without running the work. */
  async run<T>(work: () => Promise<T>): Promise<{ readonly kind: 'done'; readonly value: T } | { readonly kind: 'full' }> {
    if (this.isFull) return { kind: 'full' };
    // A slot is handed on, never freed for a moment: a newcomer cannot slip in before those who wait.
    if (this.#running < this.#parallel) this.#running += 1;
    else await new Promise<void>((go) => this.#queue.push(go));
    try {
      return { kind: 'done', value: await work() };
    } finally {
      const next = this.#queue.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
