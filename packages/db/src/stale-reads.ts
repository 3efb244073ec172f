import type { WriteMarks } from './write-marks.js';

/** What is read may be so old at most. Less than marks are kept, so that a mark outlives the replica's lack of what it stands for. */
export const OLDEST_MS = 10_000;
/** The primary is asked so often at most how far it is. */
const SAMPLE_MS = 1_000;
/** What the replica has said is gone by so long where it is not enough: it moves on meanwhile. */
const REPLAYED_MS = 20;
/** Whoever has written and cannot leave a mark waits for the replica instead, so long. */
const CATCH_UP_MS = 2_000;
const LOOK_MS = 20;

/** Positions in the database's log, in bytes. */
export interface LogPositions {
  primary(): Promise<number>;
  /** How far the replica has replayed it. */
  replica(): Promise<number>;
}

/**
 * Says who may read from a replica. It must have replayed what the reader has last written (their mark), and everything that the primary had ten
 * seconds ago. Positions only grow: what was once enough stays enough, so for most reads neither server is asked.
 */
export class StaleReads {
  readonly #positions: LogPositions;
  readonly #marks: WriteMarks;
  readonly #now: () => number;
  /** Where the primary was, the oldest first. */
  readonly #samples: { readonly at: number; readonly position: number }[] = [];
  #sampling: Promise<void> | null = null;
  #replayed = 0;
  #replayedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | null = null;

  constructor(positions: LogPositions, marks: WriteMarks, now: () => number = () => performance.now()) {
    this.#positions = positions;
    this.#marks = marks;
    this.#now = now;
  }

  /** Whether this viewer (null: a guest) may read from the replica now. Never throws: no is always right. */
  async mayRead(viewerId: string | null): Promise<boolean> {
    try {
      const mark = viewerId === null ? null : await this.#marks.of(viewerId);
      if (mark === 'unknown') return false;
      await this.#sample();
      const [oldest] = this.#samples;
      return oldest !== undefined && (await this.#hasReplayed(Math.max(oldest.position, mark ?? 0)));
    } catch {
      return false;
    }
  }

  /** Before a write is answered: its writer reads it from now on, whoever they ask. */
  async wrote(viewerId: string): Promise<void> {
    const position = await this.#positions.primary();
    try {
      await this.#marks.note(viewerId, position);
    } catch {
      for (const end = this.#now() + CATCH_UP_MS; this.#now() < end && !(await this.#hasReplayed(position));)
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** One of this second is among them afterwards, and none that is too old to count. */
  async #sample(): Promise<void> {
    const newest = this.#samples.at(-1);
    if (newest === undefined || this.#now() - newest.at >= SAMPLE_MS) {
      this.#sampling ??= this.#ask().finally(() => (this.#sampling = null));
      await this.#sampling;
    }
    const oldest = this.#now() - OLDEST_MS;
    while ((this.#samples[0]?.at ?? oldest) < oldest) this.#samples.shift();
  }

  async #ask(): Promise<void> {
    // It had come as far at the latest when it answered, so what has this is no older than the question.
    const at = this.#now();
    this.#samples.push({ at, position: await this.#positions.primary() });
  }

  async #hasReplayed(position: number): Promise<boolean> {
    if (this.#replayed >= position) return true;
    if (this.#now() - this.#replayedAt >= REPLAYED_MS) {
      this.#asking ??= this.#look().finally(() => (this.#asking = null));
      await this.#asking;
    }
    return this.#replayed >= position;
  }

  async #look(): Promise<void> {
    this.#replayed = Math.max(this.#replayed, await this.#positions.replica());
    this.#replayedAt = this.#now();
  }
}
