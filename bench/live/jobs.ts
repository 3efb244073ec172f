/** What a process of watchers is told. */
export type WatcherJob =
  /** Opens a socket for each token, or so many plain ones, and waits until all listen. */
  | {
      readonly kind: 'open';
      readonly url: string;
      /** The subscription of each socket; null for sockets that listen without a word. */
      readonly subscription: { readonly query: string; readonly variables: Readonly<Record<string, unknown>> } | null;
      /** The nth socket connects from the nth of these. */
      readonly addresses: readonly string[];
      /** So many are begun in a second, if they are opened as fast. */
      readonly perSecond: number;
      readonly tokens: readonly (string | null)[];
    }
  /** What came since the last time, by the number that a message bears under this name. */
  | { readonly kind: 'heard'; readonly name: string; readonly since: Readonly<Record<number, number>> }
  | { readonly kind: 'close' };

export interface Opened {
  readonly sockets: number;
  readonly failures: readonly string[];
}

export interface HeardBack {
  /** From the moment that `since` names to the socket, in milliseconds. */
  readonly latencies: readonly number[];
  /** Messages with one of the numbers. */
  readonly came: number;
  /** Of the watchers since the last time, in milliseconds. */
  readonly cpuMs: number;
}

/** The clock that all processes share, in milliseconds. */
export const sharedNow = (): number => Number(process.hrtime.bigint() / 1_000n) / 1_000;
