import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import { faultError } from '../../answer/errors.js';
import type { Identity } from '../../identity/identify.js';
import type { Outlet } from '../../live/outlet.js';
import { notAccepted } from '../../identity/access-token.js';
import type { Framing } from './framing.js';

export interface LineParts {
  readonly framing: Framing;
  readonly identity: Identity | null;
  readonly now: () => number;
  readonly isRevoked: (sessionId: string) => boolean;
  /** Bytes that may wait to be taken. */
  readonly bufferedBytes: number;
}

/** One HTTP answer that stays open: what a socket is to WebSocket, for a single operation. */
export class Line implements Outlet {
  readonly identity: Identity | null;
  readonly #response: ServerResponse;
  readonly #parts: LineParts;
  #isOver = false;

  constructor(response: ServerResponse, parts: LineParts) {
    this.#response = response;
    this.#parts = parts;
    this.identity = parts.identity;
    response.once('close', () => {
      this.#isOver = true;
    });
  }

  get viewerId(): string | null {
    return this.identity?.userId ?? null;
  }

  get isOpen(): boolean {
    return !this.#isOver && !this.#response.destroyed;
  }

  /** Answers 200 and says that the client is heard. */
  open(): void {
    const { framing } = this.#parts;
    this.#response.writeHead(200, {
      'content-type': framing.contentType,
      'cache-control': 'no-store',
      // Proxies would keep events back until they have a page of them.
      'x-accel-buffering': 'no',
    });
    this.#response.write(framing.begin);
  }

  holds(): boolean {
    if (!this.isOpen) return false;
    if (this.identity === null) return true;
    const { expiresAt, sessionId } = this.identity;
    if (expiresAt > this.#parts.now() && !this.#parts.isRevoked(sessionId)) return true;
    this.leave(faultError(notAccepted()));
    return false;
  }

  offer(json: Buffer): boolean {
    if (this.#response.writableLength > this.#parts.bufferedBytes) return false;
    if (this.isOpen) this.#response.write(this.#parts.framing.next(json));
    return true;
  }

  async send(json: Buffer): Promise<void> {
    if (this.isOpen && !this.#response.write(this.#parts.framing.next(json))) await this.drained();
  }

  async drained(): Promise<void> {
    if (!this.isOpen || this.#response.writableLength === 0) return;
    const taken = new AbortController();
    await Promise.race(['drain', 'close'].map((event) => once(this.#response, event, { signal: taken.signal }).catch(() => [])));
    taken.abort();
  }

  /** A dead line is noticed by what is not taken. */
  beat(): void {
    if (this.isOpen && this.#response.writableLength <= this.#parts.bufferedBytes) this.#response.write(this.#parts.framing.beat);
  }

  complete(): void {
    this.#end(this.#parts.framing.complete);
  }

  fail(errors: readonly GraphQLError[]): void {
    this.#end(this.#parts.framing.failed(JSON.stringify(errors)));
  }

  /** Lets go of it for a reason that is not its operation's: the client comes again. */
  leave(error: GraphQLError): void {
    this.#end(this.#parts.framing.left(JSON.stringify([error])));
  }

  #end(last: string): void {
    if (!this.isOpen) return;
    this.#isOver = true;
    this.#response.end(last);
  }
}
