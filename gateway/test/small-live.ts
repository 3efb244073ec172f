import type { ViewerClaims } from '@plaza/auth/assertion';
import { Signal } from '@plaza/kernel/signal';
import { markLive, NothingToTell } from '@plaza/subgraph/live-event';

/** Who may see a line of the small log: everybody but those in a block with its author; members alone; everybody, but not alike. */
export type Seen = 'everybody' | 'members' | 'differs';

export interface Line {
  readonly position: number;
  readonly author: string;
  readonly seen: Seen;
  readonly thing: string;
  readonly text: string;
}

const NOBODY = '00000000-0000-7000-8000-000000000000';

/** Says that a reader has all there was. */
interface CaughtUp {
  readonly caughtUp: number;
}

/** The log that the live fields of the small graph follow, and who blocks whom. */
export class SmallLog {
  readonly lines: Line[] = [];
  /** Streams of subgraphs that are open now, and ever were. */
  open = 0;
  opened = 0;
  /** Whose streams: null for guests. */
  readonly readers: (string | null)[] = [];
  /** Every other person in a block with the key. */
  readonly blocks = new Map<string, Set<string>>();
  readonly epochs = new Map<string, number>();
  readonly mutes: { readonly muter: string; readonly muted: string }[] = [];
  /** Streams that are being opened now, and those that may not be yet. */
  opening = 0;
  mostOpening = 0;
  gate: Promise<void> | null = null;
  /** Every open stream breaks once it is set. */
  broken = false;
  readonly #waiting = new Set<Signal>();

  write({ author = NOBODY, seen = 'everybody', thing = 't1', text = '' }: Partial<Omit<Line, 'position'>> = {}): void {
    this.lines.push({ position: this.lines.length + 1, author, seen, thing, text });
    this.wake();
  }

  /** Who may see a line that was written is decided anew. */
  turn(position: number, seen: Seen): void {
    const line = this.lines[position - 1];
    if (line !== undefined) this.lines[position - 1] = { ...line, seen };
  }

  /** Takes as long as the gate is shut. */
  async enter(): Promise<void> {
    this.opening += 1;
    this.mostOpening = Math.max(this.mostOpening, this.opening);
    await this.gate;
    this.opening -= 1;
  }

  wake(): void {
    for (const waiting of this.#waiting) waiting.raise();
  }

  block(one: string, other: string): void {
    for (const [a, b] of [
      [one, other],
      [other, one],
    ] as const) {
      this.blocks.set(a, new Set([...(this.blocks.get(a) ?? []), b]));
      this.epochs.set(a, (this.epochs.get(a) ?? 0) + 1);
    }
  }

  async *follow(after: string | null | undefined, left: AbortSignal, viewer: ViewerClaims | null): AsyncGenerator<Line | CaughtUp> {
    const woken = new Signal();
    const wake = (): void => woken.raise();
    this.#waiting.add(woken);
    left.addEventListener('abort', wake);
    this.open += 1;
    this.opened += 1;
    this.readers.push(viewer?.id ?? null);
    try {
      let position = after == null ? this.lines.length : Number(after.slice(1));
      for (let isBehind = true; !left.aborted; isBehind = false) {
        while (position < this.lines.length) {
          const line = this.lines[position];
          if (left.aborted || line === undefined) return;
          position = line.position;
          yield line;
        }
        if (isBehind) yield { caughtUp: position };
        if (this.broken) throw new Error('the database went away');
        if (position === this.lines.length) await woken.wait(60_000);
      }
    } finally {
      this.open -= 1;
      this.#waiting.delete(woken);
      left.removeEventListener('abort', wake);
    }
  }

  /** What one reader is told of a line, with the rules of now. */
  tell(line: Line | CaughtUp, viewer: ViewerClaims | null, context: object): object {
    const position = 'caughtUp' in line ? line.caughtUp : line.position;
    const place = { position, cursor: `c${position}` };
    if ('caughtUp' in line) {
      markLive(context, place);
      throw new NothingToTell();
    }
    markLive(context, { ...place, ...(line.seen === 'everybody' ? { authors: [line.author], heard: line.author } : {}) });
    if (viewer === null ? line.seen === 'members' : this.blocks.get(line.author)?.has(viewer.id) === true) throw new NothingToTell();
    return { cursor: place.cursor, count: position, thing: { __typename: 'Thing', id: line.thing }, by: line.author, text: line.text };
  }
}
