import { Turnstile } from '@plaza/kernel/turnstile';

/** Costly work, so much at once and so much waiting; the rest is told so at once instead of making everybody slow. */
export class WorkQueue {
  readonly #turnstile: Turnstile;
  readonly #waiting: number;

  constructor(options: { readonly parallel: number; readonly waiting: number }) {
    this.#turnstile = new Turnstile(options.parallel);
    this.#waiting = options.waiting;
  }

  get isFull(): boolean {
    return !this.#turnstile.hasPlace && this.#turnstile.waiting >= this.#waiting;
  }

  /** `full` when there is no room, without running the work. */
  async run<T>(work: () => Promise<T>): Promise<{ readonly kind: 'done'; readonly value: T } | { readonly kind: 'full' }> {
    if (this.isFull) return { kind: 'full' };
    return { kind: 'done', value: await this.#turnstile.pass(work) };
  }
}
