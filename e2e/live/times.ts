/** A time when something held, as its doer knows it: it began somewhere between asking and being answered, and ended so. In milliseconds. */
interface Span {
  readonly asked: number;
  answered: number;
  askedBack: number;
  answeredBack: number;
}

/** When things held that somebody did and took back: blocks, a narrow audience. */
export class Times {
  readonly #spans = new Map<string, Span[]>();

  /** `work` makes it hold; it resolves when it was answered. */
  async begin(key: string, work: () => Promise<void>): Promise<void> {
    const span = { asked: Date.now(), answered: Infinity, askedBack: Infinity, answeredBack: Infinity };
    this.#spans.set(key, [...(this.#spans.get(key) ?? []), span]);
    await work();
    span.answered = Date.now();
  }

  /** `work` takes it back. */
  async end(key: string, work: () => Promise<void>): Promise<void> {
    const span = this.#spans.get(key)?.at(-1);
    if (span === undefined) return;
    span.askedBack = Date.now();
    await work();
    span.answeredBack = Date.now();
  }

  /** For how many milliseconds it surely had held at a moment; 0 when it did not. */
  heldFor(key: string, at: number): number {
    return Math.max(
      0,
      ...(this.#spans.get(key) ?? []).map(({ answered, askedBack }) => (answered < at && at < askedBack ? at - answered : 0)),
    );
  }

  /** Whether it may have held at some moment between two. */
  mayHaveHeld(key: string, from: number, to: number): boolean {
    return (this.#spans.get(key) ?? []).some(({ asked, answeredBack }) => asked <= to && from <= answeredBack);
  }
}
