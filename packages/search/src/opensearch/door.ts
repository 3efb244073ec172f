import { Client, errors } from '@opensearch-project/opensearch';
import { CircuitBreaker } from '@plaza/kernel/circuit-breaker';
import { unavailable } from '@plaza/kernel/fault';
import { inTime } from '@plaza/kernel/in-time';

/** One request of OpenSearch's REST interface. */
export interface DoorRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** Instead of `body`: one value a line. */
  readonly lines?: readonly object[];
}

export interface DoorReply {
  readonly status: number;
  readonly body: unknown;
}

export interface DoorOptions {
  /** `http://` or `https://`, perhaps with a name and a password in it. */
  readonly url: string;
  /** For what somebody waits for. Milliseconds. */
  readonly answerMs?: number;
  /** For writing, and for making and ending indexes. Milliseconds. */
  readonly workMs?: number;
}

const ANSWER_MS = 2_000;
const WORK_MS = 30_000;

/**
 * The line to OpenSearch. Each request has its time and is tried once; when several in a row came to nothing those that somebody waits for are
 * refused at once for a while. Client errors are replies: who asked knows what a 404 means.
 */
export class OpenSearchDoor {
  readonly #client: Client;
  readonly #breaker = new CircuitBreaker();
  readonly #answerMs: number;
  readonly #workMs: number;

  constructor({ url, answerMs = ANSWER_MS, workMs = WORK_MS }: DoorOptions) {
    this.#client = new Client({ node: url, maxRetries: 0 });
    this.#answerMs = answerMs;
    this.#workMs = workMs;
  }

  /** How long an answer may take, for telling the engine too. Milliseconds. */
  get answerMs(): number {
    return this.#answerMs;
  }

  /** What somebody waits for. @throws Fault UNAVAILABLE when it does not come, at once while the line rests. */
  async ask(request: DoorRequest): Promise<DoorReply> {
    if (!this.#breaker.enter()) throw unavailable('Search');
    try {
      const reply = await this.#send(request, this.#answerMs);
      this.#breaker.succeeded();
      return reply;
    } catch (cause) {
      this.#breaker.failed();
      throw cause;
    }
  }

  /** What nobody waits for. @throws Fault UNAVAILABLE when it does not come. */
  async work(request: DoorRequest): Promise<DoorReply> {
    return this.#send(request, this.#workMs);
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  async #send({ method, path, query, body, lines }: DoorRequest, ms: number): Promise<DoorReply> {
    const params = {
      method,
      path,
      ...(query === undefined ? {} : { querystring: { ...query } }),
      ...(body === undefined ? {} : { body }),
      ...(lines === undefined ? {} : { bulkBody: [...lines] }),
    };
    const sent = this.#client.transport.request(params, { requestTimeout: ms });
    try {
      const reply = await inTime(sent, ms, 'Search');
      return { status: reply.statusCode ?? 0, body: reply.body };
    } catch (cause) {
      sent.abort();
      if (cause instanceof errors.ResponseError && cause.statusCode < 500 && cause.statusCode !== 429) {
        return { status: cause.statusCode, body: cause.body };
      }
      throw unavailable('Search', cause);
    }
  }
}
