import { CloseCode } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Identity } from '../identity/identify.js';
import type { Outlet } from '../live/outlet.js';

/** Codes that graphql-ws clients come back after, by themselves. */
export const CLOSE = {
  /** The token is over, taken back or none of ours: come again with a fresh one. */
  forbidden: { code: CloseCode.Forbidden, reason: 'Forbidden' },
  /** The gateway goes away. */
  restart: { code: 1012, reason: 'Service restart' },
  /** Too many, or a part is away. */
  later: { code: 1013, reason: 'Try again later' },
} as const;

/** After these the client stays away: its own doing. */
export const FATAL = {
  flood: { code: 4429, reason: 'Too many messages' },
  binary: { code: CloseCode.BadRequest, reason: 'Messages are text' },
  failed: { code: CloseCode.InternalServerError, reason: 'Internal server error' },
} as const;

const MESSAGE_WINDOW_MS = 10_000;

export interface ConnectionParts {
  readonly address: string;
  readonly userAgent: string | null;
  readonly now: () => number;
  readonly isRevoked: (sessionId: string) => boolean;
  /** Bytes that may wait to be taken. */
  readonly bufferedBytes: number;
}

/** One socket: who it speaks for, and whether it still does. */
export class Connection {
  readonly socket: WebSocket;
  readonly address: string;
  readonly userAgent: string | null;
  identity: Identity | null = null;
  /** Queries and mutations that run. */
  running = 0;
  /** Operations that are open, subscriptions among them. */
  operations = 0;
  readonly #parts: ConnectionParts;
  #isAlive = true;
  #messages = 0;
  #windowEnds = 0;

  constructor(socket: WebSocket, parts: ConnectionParts) {
    this.socket = socket;
    this.address = parts.address;
    this.userAgent = parts.userAgent;
    this.#parts = parts;
    socket.on('pong', () => {
      this.#isAlive = true;
    });
  }

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  close({ code, reason }: { readonly code: number; readonly reason: string }): void {
    if (this.isOpen) this.socket.close(code, reason);
  }

  /** Whether the socket is open and may still speak for whom it spoke; closed otherwise. */
  holds(): boolean {
    if (!this.isOpen) return false;
    if (this.identity === null) return true;
    const { expiresAt, sessionId } = this.identity;
    if (expiresAt > this.#parts.now() && !this.#parts.isRevoked(sessionId)) return true;
    this.close(CLOSE.forbidden);
    return false;
  }

  /** Counts a message; false when there are too many. */
  countsMessage(most: number): boolean {
    const now = performance.now();
    if (now > this.#windowEnds) {
      this.#windowEnds = now + MESSAGE_WINDOW_MS;
      this.#messages = 0;
    }
    this.#messages += 1;
    return this.#messages <= most;
  }

  /** Looks whether the other side still answers; cuts the line if the last ping has no answer. */
  ping(): void {
    if (!this.isOpen) return;
    if (!this.#isAlive) {
      this.socket.terminate();
      return;
    }
    this.#isAlive = false;
    this.socket.ping();
  }

  /** Where the events of one operation of this socket go. `id` is the client's. */
  outlet(id: string): Outlet {
    const { socket } = this;
    const before = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
    const message = (json: Buffer): Buffer => Buffer.concat([before, json, END]);
    return {
      viewerId: this.identity?.userId ?? null,
      holds: () => this.holds(),
      offer: (json) => {
        if (socket.bufferedAmount > this.#parts.bufferedBytes) return false;
        socket.send(message(json), TEXT);
        return true;
      },
      send: (json) => this.#taken((taken) => socket.send(message(json), TEXT, taken)),
      // Answered when all that was sent before it is on its way.
      drained: () => (socket.bufferedAmount === 0 ? Promise.resolve() : this.#taken((taken) => socket.ping('', false, taken))),
    };
  }

  /** Sends a message of the protocol. */
  send(text: string): Promise<void> {
    return this.#taken((taken) => this.socket.send(text, taken));
  }

  async #taken(send: (taken: () => void) => void): Promise<void> {
    // One that is closed takes nothing, and nobody waits for it.
    if (this.isOpen) await new Promise<void>((resolve) => send(resolve));
  }
}

const END = Buffer.from('}');
const TEXT = { binary: false } as const;
