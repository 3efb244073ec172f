/** Ends one listening; calling again does nothing. */
export type Detach = () => void;

/**
 * Tells the processes of a subgraph that something has happened. Messages are hints, not the record: whoever must lose nothing keeps a log and
 * reads it when woken (log-stream.ts). A message reaches those who were attached when it was published, in the order of publishing. An empty message may come at any time and says: look.
 */
export interface LiveBus {
  /**
   * Stands for the time in which all that others published was heard: null while it is away, another object after it was. Whoever finds the same object
   * later has missed nothing on the channels attached to.
   */
  readonly hearing: object | null;
  /** Never throws and never waits: a bus that is away loses the hint, and the log is read a little later. */
  publish(channel: string, message: string): void;
  /** Resolves when every later message will be heard. A channel's name begins with its subgraph: `social:post:<uuid>`. */
  attach(channel: string, listener: (message: string) => void): Promise<Detach>;
}
