import { Signal } from '@plaza/kernel/signal';
import type { LiveBus } from './live-bus.js';

export interface StateStreamOptions<State> {
  readonly bus: LiveBus;
  /** What is published on it says only that the state may have changed. */
  readonly channel: string;
  /** The state now; null when there is nothing to be seen any more, and the stream ends. */
  readonly read: () => Promise<State | null>;
  /** Differs whenever the state does. */
  readonly revision: (state: State) => number | string;
  /** Whether nothing comes after a state: the stream ends when it was told. Without it every state may be followed by another. */
  readonly isLast?: (state: State) => boolean;
  /** Aborted when the reader has left. */
  readonly signal: AbortSignal | undefined;
}

/** A hint may be lost with its bus: so long a state goes unread at most. */
const UNREAD_MS = 15_000;

/** The state as it is, then the newest whenever it has changed: a reader that is slow, or comes late, misses what lay between and nothing else. */
export async function* stateStream<State>(options: StateStreamOptions<State>): AsyncGenerator<State, void, undefined> {
  const { bus, channel, read, revision, isLast = () => false, signal } = options;
  const woken = new Signal();
  const wake = (): void => woken.raise();
  signal?.addEventListener('abort', wake);
  const detach = await bus.attach(channel, wake);
  try {
    for (let last: number | string | null = null; signal?.aborted !== true;) {
      const state = await read();
      if (state === null) return;
      if (revision(state) !== last) {
        last = revision(state);
        yield state;
      }
      if (isLast(state)) return;
      await woken.wait(UNREAD_MS);
    }
  } finally {
    signal?.removeEventListener('abort', wake);
    detach();
  }
}
