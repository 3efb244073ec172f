import { CloseCode } from 'graphql-ws';
import { type RawData, WebSocket } from 'ws';
import type { App, Identity } from '../identity/identify.js';
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

/** What holds for all sockets of a server, and what becomes of them. */
export interface ConnectionRules {
  readonly now: () => number;
  readonly isRevoked: (sessionId: string) => boolean;
  /** Bytes that may wait to be taken. */
  readonly bufferedBytes: number;
  /** Messages in ten seconds. */
  readonly messages: number;
  readonly closed: (connection: Connection, code: number, reason: string) => void;
  /** The socket was closed by ws with the fitting code: what it did not take is the client's doing. */
  readonly broke: (error: Error) => void;
  /** A message could not be handled. */
  readonly failed: (connection: Connection, error: unknown) => void;
}

/** A socket that knows its connection, so that one listener serves all sockets. */
export class PlainSocket extends WebSocket {
  connection: Connection | null = null;
}

/**
 * One socket: who it speaks for, and whether it still does. The protocol's library takes it for the socket. There are tens of thousands, so what it
 * does is in methods and listeners that all share: a function of each socket's own would weigh more than what it remembers.
 */
export class Connection {
  readonly socket: PlainSocket;
  readonly address: string;
  readonly userAgent: string | null;
  identity: Identity | null = null;
  app: App | null = null;
  /** Queries and mutations that run. */
  running = 0;
  /** Operations that are open, subscriptions among them. */
  operations = 0;
  readonly #rules: ConnectionRules;
  #isAlive = true;
  #messages = 0;
  #windowEnds = 0;
  #handle: ((text: string) => Promise<void>) | null = null;

  constructor(socket: PlainSocket, address: string, userAgent: string | null, rules: ConnectionRules) {
    this.socket = socket;
    this.address = address;
    this.userAgent = userAgent;
    this.#rules = rules;
    socket.connection = this;
    socket.on('pong', onPong);
    socket.on('message', onMessage);
    socket.on('error', onError);
    socket.on('close', onClose);
  }

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  /** The subprotocol that was agreed upon. */
  get protocol(): string {
    return this.socket.protocol;
  }

  /** Whoever handles messages. */
  onMessage(handle: (text: string) => Promise<void>): void {
    this.#handle = handle;
  }

  close(code?: number, reason?: string): void {
    if (this.isOpen) this.socket.close(code, reason);
  }

  /** Whether the socket is open and may still speak for whom it spoke; closed otherwise. */
  holds(): boolean {
    if (!this.isOpen) return false;
    if (this.identity === null) return true;
    const { expiresAt, sessionId } = this.identity;
    if (expiresAt > this.#rules.now() && !this.#rules.isRevoked(sessionId)) return true;
    this.end(CLOSE.forbidden);
    return false;
  }

  /** Closes the socket and says why. */
  end({ code, reason }: { readonly code: number; readonly reason: string }): void {
    this.close(code, reason);
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
    return new SocketOutlet(this, this.#rules.bufferedBytes, id);
  }

  /** Sends a message of the protocol. */
  send(data: string | Buffer): Promise<void> {
    return this.taken((taken) => this.socket.send(data, TEXT, taken));
  }

  /** Sends, and resolves when it was taken; at once where the socket is closed: it takes nothing, and nobody waits for it. */
  async taken(send: (taken: () => void) => void): Promise<void> {
    if (this.isOpen) await new Promise<void>((resolve) => send(resolve));
  }

  /** The other side has answered. */
  answered(): void {
    this.#isAlive = true;
  }

  /** A message has come. */
  received(data: RawData, isBinary: boolean): void {
    if (isBinary) this.end(FATAL.binary);
    else if (!this.#countsMessage()) this.end(FATAL.flood);
    else void this.#handle?.(textOf(data)).catch((error: unknown) => this.#rules.failed(this, error));
  }

  /** The socket is closed. */
  gone(code: number, reason: Buffer): void {
    this.#rules.closed(this, code, String(reason));
  }

  /** The socket is being closed because of an error. */
  broke(error: Error): void {
    this.#rules.broke(error);
  }

  #countsMessage(): boolean {
    const now = performance.now();
    if (now > this.#windowEnds) {
      this.#windowEnds = now + MESSAGE_WINDOW_MS;
      this.#messages = 0;
    }
    this.#messages += 1;
    return this.#messages <= this.#rules.messages;
  }
}

function onPong(this: WebSocket): void {
  connectionOf(this)?.answered();
}

function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  connectionOf(this)?.received(data, isBinary);
}

function onError(this: WebSocket, error: Error): void {
  connectionOf(this)?.broke(error);
}

function onClose(this: WebSocket, code: number, reason: Buffer): void {
  connectionOf(this)?.gone(code, reason);
}

const connectionOf = (socket: WebSocket): Connection | null => (socket instanceof PlainSocket ? socket.connection : null);

/** One operation of one socket. What stands before each of its events is kept as text: a buffer so small would hold on to a page of buffers. */
class SocketOutlet implements Outlet {
  readonly #connection: Connection;
  readonly #bufferedBytes: number;
  readonly #before: string;

  constructor(connection: Connection, bufferedBytes: number, id: string) {
    this.#connection = connection;
    this.#bufferedBytes = bufferedBytes;
    this.#before = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  }

  get viewerId(): string | null {
    return this.#connection.identity?.userId ?? null;
  }

  holds(): boolean {
    return this.#connection.holds();
  }

  offer(json: Buffer): boolean {
    const { socket } = this.#connection;
    if (socket.bufferedAmount > this.#bufferedBytes) return false;
    socket.send(this.#message(json), TEXT);
    return true;
  }

  send(json: Buffer): Promise<void> {
    return this.#connection.send(this.#message(json));
  }

  drained(): Promise<void> {
    const connection = this.#connection;
    // Answered when all that was sent before it is on its way.
    return connection.socket.bufferedAmount === 0
      ? Promise.resolve()
      : connection.taken((taken) => connection.socket.ping('', false, taken));
  }

  #message(json: Buffer): Buffer {
    const head = Buffer.byteLength(this.#before);
    const message = Buffer.allocUnsafe(head + json.length + 1);
    message.write(this.#before);
    json.copy(message, head);
    message[head + json.length] = END;
    return message;
  }
}

const END = '}'.charCodeAt(0);
const TEXT = { binary: false } as const;

/** ws hands over what came as one buffer, or as the pieces that it came in. */
function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return (Buffer.isBuffer(data) ? data : Buffer.from(data)).toString('utf8');
}
