/** So long it is remembered how far somebody's writes reach; a replica that is further behind is read by nobody (stale-reads.ts). */
export const MARKS_KEPT_MS = 30_000;

/** How far the database's log had come when somebody last wrote there: what they read must have come as far. Shared by the processes of a subgraph. */
export interface WriteMarks {
  /** A position in the log, in bytes. Never goes back. @throws Error when it is not known whether it was taken down */
  note(viewerId: string, position: number): Promise<void>;
  /** Null: they have written nothing lately. `unknown`: that cannot be told now. */
  of(viewerId: string): Promise<number | null | 'unknown'>;
  /** Lets go at once. */
  close(): void;
}

/** For one process. */
export class InProcessWriteMarks implements WriteMarks {
  readonly #now: () => number;
  readonly #marks = new Map<string, { readonly position: number; readonly at: number }>();

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  async note(viewerId: string, position: number): Promise<void> {
    const at = this.#now();
    const newest = Math.max(position, this.#marks.get(viewerId)?.position ?? 0);
    // Taken away and put back: the oldest stand first.
    this.#marks.delete(viewerId);
    this.#marks.set(viewerId, { position: newest, at });
    for (const [id, mark] of this.#marks) {
      if (at - mark.at < MARKS_KEPT_MS) break;
      this.#marks.delete(id);
    }
  }

  async of(viewerId: string): Promise<number | null> {
    const mark = this.#marks.get(viewerId);
    return mark === undefined || this.#now() - mark.at >= MARKS_KEPT_MS ? null : mark.position;
  }

  close(): void {
    this.#marks.clear();
  }
}
