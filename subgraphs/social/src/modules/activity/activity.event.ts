import type { ActivityRow } from './activity.store.js';

/** What a stream of activity holds beside the lines of the log. */
export type ActivityLine =
  | ActivityRow
  | { readonly kind: 'RESYNC'; readonly position: number; readonly reason: 'CURSOR_EXPIRED' | 'CURSOR_UNKNOWN' }
  /** Nothing has happened under the post: the reader has all there was, or the post itself may be gone for them. */
  | { readonly kind: 'LOOK'; readonly position: number };

/** A line on its way to one subscriber. Whoever looks at it says here how that ended, and the stream obeys before it goes on. */
export class ActivityEvent {
  readonly postId: string;
  readonly line: ActivityLine;
  /** The newest like that this stream told before: those since then, up to this line, were left out for one to come. */
  readonly likesBefore: number;
  #end: { readonly error?: unknown } | null = null;

  constructor(postId: string, line: ActivityLine, likesBefore: number) {
    this.postId = postId;
    this.line = line;
    this.likesBefore = likesBefore;
  }

  get position(): number {
    return this.line.position;
  }

  /** Up to where likes are told once this line is. */
  get likes(): number {
    const { kind, position } = this.line;
    return kind === 'POST_LIKED' || kind === 'POST_UNLIKED' || kind === 'RESYNC' ? position : this.likesBefore;
  }

  /** There is nothing more to see for this subscriber. */
  complete(): void {
    this.#end = {};
  }

  /** The line could not be looked at: the stream breaks, so that the subscriber comes again with the cursor from before. */
  fail(error: unknown): void {
    this.#end = { error };
  }

  /** Whether the stream goes on. @throws what {@link fail} was given */
  goesOn(): boolean {
    if (this.#end !== null && 'error' in this.#end) throw this.#end.error;
    return this.#end === null;
  }
}
