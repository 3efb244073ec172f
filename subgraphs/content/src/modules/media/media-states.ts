import { Signal } from '@plaza/kernel/signal';
import type { LiveBus } from '@plaza/live/live-bus';

/** What is published on it says that the media's state has changed. */
export const mediaChannel = (id: string): string => `content:media:${id}`;

/** A hint may be lost with its bus: so long a state goes unread at most. */
const UNREAD_MS = 15_000;

export interface MediaStatesOptions {
  readonly bus: LiveBus;
  readonly id: string;
  /** The state in words that differ when it differs; whether nothing comes after it. Null: the media is gone. */
  readonly read: () => Promise<{ readonly words: string; readonly isLast: boolean } | null>;
  /** Aborted when the reader has left. */
  readonly signal: AbortSignal;
}

/** Yields when there is a state to look at: now, and after each change. Changes that a slow reader has missed are one. */
export async function* mediaStates({ bus, id, read, signal }: MediaStatesOptions): AsyncGenerator<void, void, undefined> {
  const woken = new Signal();
  const wake = (): void => woken.raise();
  signal.addEventListener('abort', wake);
  const detach = await bus.attach(mediaChannel(id), wake);
  try {
    for (let told: string | null = null; !signal.aborted;) {
      const state = await read();
      if (state === null) return;
      if (state.words !== told) {
        told = state.words;
        yield;
      }
      if (state.isLast) return;
      await woken.wait(UNREAD_MS);
    }
  } finally {
    signal.removeEventListener('abort', wake);
    detach();
  }
}
