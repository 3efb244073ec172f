import type { HomePosition } from './home.cursor.js';

/** Why a feed is to be read anew. */
export type ResyncReason = 'CURSOR_EXPIRED' | 'CURSOR_UNKNOWN' | 'TOO_MUCH_CHANGED';

/** What a stream of a home feed holds: a post that was, or is after this line, in the feed as far as the models know; or the feed to be read anew. */
export type HomeLine =
  | { readonly kind: 'POST'; readonly postId: string; readonly wasThere: boolean; readonly isThere: boolean; readonly isEdit: boolean }
  | { readonly kind: 'RESYNC'; readonly reason: ResyncReason };

/** Items of which a stream has told that they are gone, the last ones: it need not say so again. */
export class Gone {
  readonly #postIds = new Set<string>();

  has(postId: string): boolean {
    return this.#postIds.has(postId);
  }

  add(postId: string): void {
    if (this.#postIds.size >= MOST_GONE) this.#postIds.clear();
    this.#postIds.add(postId);
  }

  delete(postId: string): void {
    this.#postIds.delete(postId);
  }
}

const MOST_GONE = 1_000;

/** A line on its way to its subscriber. Whoever looks at it says here when that failed. */
export class HomeEvent {
  readonly line: HomeLine;
  /** Where the reader is who has it. */
  readonly position: HomePosition;
  readonly gone: Gone;
  #failure: { readonly error: unknown } | null = null;

  constructor(line: HomeLine, position: HomePosition, gone: Gone) {
    this.line = line;
    this.position = position;
    this.gone = gone;
  }

  /** The line could not be looked at: the stream breaks, so that the subscriber comes again with the cursor from before. */
  fail(error: unknown): void {
    this.#failure = { error };
  }

  /** @throws what {@link fail} was given */
  check(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }
}
