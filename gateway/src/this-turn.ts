/** What came of a question. */
export interface Asked<T> {
  readonly answer: Promise<T>;
  /** Whether it waits for what somebody else has begun. */
  readonly isJoined: boolean;
}

/**
 * What was begun in this turn of the event loop, by whom it is for. Whoever joins had asked before it was begun, or while it was: nobody gets an answer that
 * is older than their question, which one that has been under way for longer could be.
 */
export class ThisTurn<T> {
  #begun = new Map<string, T[]>();

  /** The list of one asker, to be added to. */
  of(asker: string): T[] {
    let begun = this.#begun.get(asker);
    if (begun === undefined) {
      if (this.#begun.size === 0) setImmediate(this.#end);
      this.#begun.set(asker, (begun = []));
    }
    return begun;
  }

  /** A new map: one that has grown old would keep all that was ever in it from the collection of what is young, cleared or not. */
  readonly #end = (): void => {
    this.#begun = new Map();
  };
}
