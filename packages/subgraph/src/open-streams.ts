import type { LiveResult } from '@plaza/calls/subgraph-port';
import { unavailable } from '@plaza/kernel/fault';
import type { ExecutionResult } from 'graphql';

type Stream = AsyncIterableIterator<LiveResult>;

export const isStream = (live: Stream | ExecutionResult): live is Stream => Symbol.asyncIterator in live;

/** The streams that a subgraph feeds: when it stops, they end, and their readers learn that they did not end by themselves. */
export class OpenStreams {
  readonly #open = new Set<Stream>();
  #isEnding = false;

  /** The same stream, ended with this subgraph. */
  keep(stream: Stream): Stream {
    this.#open.add(stream);
    const forget = (): void => void this.#open.delete(stream);
    const isEnding = (): boolean => this.#isEnding;
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      async next() {
        try {
          const result = await stream.next();
          if (result.done !== true) return result;
        } catch (error) {
          forget();
          throw error;
        }
        forget();
        if (isEnding()) throw unavailable('The subgraph');
        return { done: true, value: undefined };
      },
      async return() {
        forget();
        await stream.return?.();
        return { done: true, value: undefined };
      },
    };
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    await Promise.allSettled([...this.#open].map(async (stream) => stream.return?.()));
  }
}
