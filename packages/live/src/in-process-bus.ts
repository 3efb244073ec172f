import type { Detach, LiveBus } from './live-bus.js';

/** The bus of one process. A listener is called in a later microtask than `publish`, so a writer never runs a reader's code. */
export class InProcessBus implements LiveBus {
  readonly hearing: object = {};
  readonly #listeners = new Map<string, Set<(message: string) => void>>();

  /** How many channels somebody listens to. */
  get channels(): number {
    return this.#listeners.size;
  }

  publish(channel: string, message: string): void {
    const listeners = this.#listeners.get(channel);
    if (listeners === undefined) return;
    queueMicrotask(() => {
      for (const listener of listeners) listener(message);
    });
  }

  attach(channel: string, listener: (message: string) => void): Promise<Detach> {
    // A function of its own for each attachment: the same listener may come twice.
    const own = (message: string): void => listener(message);
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners.add(own));
    return Promise.resolve(() => {
      listeners.delete(own);
      if (listeners.size === 0 && this.#listeners.get(channel) === listeners) this.#listeners.delete(channel);
    });
  }
}
