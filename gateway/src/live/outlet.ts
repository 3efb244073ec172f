/** The place in one socket that the events of one subscription go to. */
export interface Outlet {
  /** Null for a guest. */
  readonly viewerId: string | null;
  /** Whether its asker may still be told anything: the socket is open, the token good, the session not ended. Closes the socket otherwise. */
  holds(): boolean;
  /** Sends a result that is JSON already; false, and nothing is sent, when the socket has not taken too much of what it was sent. */
  offer(json: Buffer): boolean;
  /** The same, and resolves when it was taken. */
  send(json: Buffer): Promise<void>;
  /** Resolves when everything was taken, or the socket is closed. */
  drained(): Promise<void>;
}
