import { setTimeout as pause } from 'node:timers/promises';
import { Signal } from '@plaza/kernel/signal';
import type { LiveBus } from './live-bus.js';

/** One thing that a log holds. `position` is where a reader is who has it. */
export interface LogEntry<Position> {
  readonly position: Position;
}

/** When an entry is told: now; never, because a later one says it too; or not before so many milliseconds, and what follows waits behind it. */
export type Pace = 'now' | 'never' | { readonly inMs: number };

export interface LogStreamOptions<Position, Entry extends LogEntry<Position>> {
  readonly bus: LiveBus;
  /** What is published on them says only that the log may have grown. */
  readonly channels: readonly string[];
  /** Where the reader is: entries after it are wanted. */
  readonly after: Position;
  /** Entries after a position, oldest first, so many as `limit` or all there are now; what is no entry of the log may come beside them. Null: so far back nothing is kept. */
  readonly read: (after: Position, limit: number) => Promise<readonly Entry[] | null>;
  /** Aborted when the reader has left. */
  readonly signal: AbortSignal;
  /** Yielded once, and then the stream ends, when `read` says null. */
  readonly gap?: () => Promise<Entry>;
  /** Yielded once, when everything that was there at first has been read: the reader is at `position` and waits. */
  readonly caughtUp?: (position: Position) => Entry;
  /** Asked when an entry is about to be told, again when one that had to wait was read anew. Without it all are told at once. */
  readonly pace?: (entry: Entry) => Pace;
}

/** Entries that are read at a time. */
const SLICE = 200;
/** A hint may be lost with its bus: so long a log goes unread at most. */
const UNREAD_MS = 30_000;

/**
 * What a log holds after a position and whatever comes: attached to the bus first, then read, so nothing falls between; each entry once and in
 * the log's order, because every reading begins where the one before ended. A slow reader is read for no faster than it takes.
 */
export async function* logStream<Position, Entry extends LogEntry<Position>>({
  bus,
  channels,
  after,
  read,
  signal,
  gap,
  caughtUp,
  pace = () => 'now',
}: LogStreamOptions<Position, Entry>): AsyncGenerator<Entry, void, undefined> {
  const woken = new Signal();
  const wake = (): void => woken.raise();
  signal.addEventListener('abort', wake);
  const detach = await Promise.all(channels.map((channel) => bus.attach(channel, wake)));
  try {
    let isBehind = true;
    for (let position = after; !signal.aborted;) {
      const entries = await read(position, SLICE);
      if (entries === null) {
        if (gap !== undefined) yield await gap();
        return;
      }
      let waitMs = 0;
      for (const entry of entries) {
        if (signal.aborted) return;
        const when = pace(entry);
        if (typeof when === 'object') {
          waitMs = when.inMs;
          break;
        }
        position = entry.position;
        if (when === 'now') yield entry;
      }
      if (waitMs > 0) {
        await pause(waitMs, undefined, { signal }).catch(() => {});
        continue;
      }
      if (entries.length >= SLICE) continue;
      if (isBehind && caughtUp !== undefined) yield caughtUp(position);
      isBehind = false;
      await woken.wait(UNREAD_MS);
    }
  } finally {
    signal.removeEventListener('abort', wake);
    for (const leave of detach) leave();
  }
}
