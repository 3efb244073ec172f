import type { IncomingHttpHeaders } from 'node:http';
import { type Dispatcher, Pool } from 'undici';
import { HTTP } from './http-paths.js';

/** Kept open so long while nobody asks: less than a server of ours keeps them (http-host.ts). */
const IDLE_MS = 30_000;

/** How an answer is taken. */
interface Reading {
  /** From now to the end of the answer. */
  readonly patienceMs: number;
  readonly mostBytes: number;
  /** Takes the body as it comes, in place of `bytes`. What it throws ends the request. */
  readonly read?: (chunk: Buffer, status: number) => void;
}

/** What is sent to a door. */
export interface Post extends Reading {
  readonly path: string;
  readonly assertion: string;
  /** JSON. */
  readonly body: string | Buffer;
}

export interface LineAnswer {
  readonly status: number;
  readonly bytes: Buffer;
}

/** An answer with what it says of who gave it. */
interface Heeded extends LineAnswer {
  /** Whether the other side keeps the connection: one that does not is about to leave. */
  readonly isKept: boolean;
}

/** Told with each answer whether who gave it goes on taking requests, and how long it took: that is how old its word is at most. */
export type Heard = (isStaying: boolean, tookMs: number) => void;

/**
 * Connections to one origin that are kept. Nothing is sent twice, and one request at a time is on a connection. It is `dispatch` and not `fetch`:
 * streams, bodies and headers of the web cost several times what a fetch of ours does by itself.
 */
export class HttpLine {
  readonly #pool: Pool;
  readonly #heard: Heard;

  constructor(origin: string, connections: number, heard: Heard) {
    this.#heard = heard;
    this.#pool = new Pool(origin, {
      connections,
      pipelining: 1,
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: IDLE_MS,
      // Each request has its own patience for all of it.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /** @throws Error when there is no whole answer in time, or it is too long: then the connection is let go */
  async post({ path, assertion, body, ...reading }: Post): Promise<LineAnswer> {
    const askedAt = performance.now();
    const headers = ['content-type', 'application/json', HTTP.assertion, assertion];
    const { status, bytes, isKept } = await this.#ask({ method: 'POST', path, headers, body, idempotent: false }, reading);
    this.#heard(isKept, performance.now() - askedAt);
    return { status, bytes };
  }

  /** What is asked without an assertion. @throws as `post` */
  get(path: string, reading: Reading): Promise<LineAnswer> {
    return this.#ask({ method: 'GET', path, headers: [], body: null, idempotent: false }, reading);
  }

  #ask(asked: Dispatcher.DispatchOptions, reading: Reading): Promise<Heeded> {
    return new Promise((resolve, reject) => {
      this.#pool.dispatch(asked, new Answer(reading, resolve, reject));
    });
  }

  close(): void {
    void this.#pool.destroy();
  }
}

/** One request on its way. */
class Answer implements Dispatcher.DispatchHandler {
  readonly #mostBytes: number;
  readonly #read: Reading['read'];
  readonly #resolve: (answer: Heeded) => void;
  readonly #reject: (cause: Error) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #isLate = false;
  #status = 0;
  #isKept = true;
  #length = 0;

  constructor({ mostBytes, patienceMs, read }: Reading, resolve: (answer: Heeded) => void, reject: (cause: Error) => void) {
    this.#mostBytes = mostBytes;
    this.#read = read;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(() => this.#late(), patienceMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#isLate) controller.abort(late());
    else this.#controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#isKept = headers.connection !== 'close';
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#length += chunk.length;
    if (this.#length > this.#mostBytes) controller.abort(new Error(`answered with more than ${this.#mostBytes} bytes`));
    else if (this.#read === undefined) this.#chunks.push(chunk);
    else this.#hand(chunk, controller, this.#read);
  }

  #hand(chunk: Buffer, controller: Dispatcher.DispatchController, read: NonNullable<Reading['read']>): void {
    try {
      read(chunk, this.#status);
    } catch (error) {
      controller.abort(error instanceof Error ? error : new Error(String(error)));
    }
  }

  onResponseEnd(): void {
    clearTimeout(this.#timer);
    const [first] = this.#chunks;
    const bytes = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
    this.#resolve({ status: this.#status, bytes, isKept: this.#isKept });
  }

  onResponseError(_controller: Dispatcher.DispatchController, cause: Error): void {
    clearTimeout(this.#timer);
    this.#reject(cause);
  }

  /** Also one that waits for a connection gives up. */
  #late(): void {
    this.#isLate = true;
    if (this.#controller === undefined) this.#reject(late());
    else this.#controller.abort(late());
  }
}

const late = (): Error => new Error('did not answer in time');
