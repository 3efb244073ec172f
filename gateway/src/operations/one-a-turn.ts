/** Work of which there is one piece in each turn of the event loop, in the order of its coming: between two of them everybody else is served. */
export class OneATurn {
  #last: Promise<void> = Promise.resolve();

  /** Resolves when it is the caller's turn; what follows at once is the piece. */
  next(): Promise<void> {
    this.#last = this.#last.then(() => new Promise((resolve) => setImmediate(resolve)));
    return this.#last;
  }
}
