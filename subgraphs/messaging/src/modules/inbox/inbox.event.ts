import type { InboxLine } from '../../inbox/inbox-entry.js';

/** A line on its way to one subscriber. Whoever looks at it says here if that failed, and the stream obeys before it goes on. */
export class InboxEvent {
  readonly line: InboxLine;
  #failure: { readonly error: unknown } | null = null;

  constructor(line: InboxLine) {
    this.line = line;
  }

  /** It could not be looked at: the stream breaks, so that the subscriber comes again with the cursor from before. */
  fail(error: unknown): void {
    this.#failure = { error };
  }

  /** @throws what {@link fail} was given */
  check(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }
}
