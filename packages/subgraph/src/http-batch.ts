import { isAscii } from 'node:buffer';
import type { ServerResponse } from 'node:http';
import { lengthTogether, type Saying } from '@plaza/auth/assertion';
import { type PortResult, type SubgraphRequest, WrittenRequest } from '@plaza/calls/subgraph-port';
import { Fault, unavailable } from '@plaza/kernel/fault';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import { GraphQLError } from 'graphql';
import { fromFaultJson } from './fault-json.js';
import type { HttpLine } from './http-line.js';
import { HTTP } from './http-paths.js';
import { isResult } from './result-shape.js';

const MIB = 1_048_576;
/** Requests of one exchange. */
export const MOST_TOGETHER = 16;
/** Of the requests of one exchange, and of their assertion: Node takes 16 KiB of headers. What is more goes in another. */
const MOST_BYTES = { requests: MIB, assertion: 12_288 } as const;
/** Bytes of one answer: more than a page of anything, and little enough to be read without others noticing. */
export const MOST_ANSWER_BYTES = 8 * MIB;
export const EXECUTE_PATIENCE_MS = 15_000;
/** Who does not know how to take requests together may be replaced by one who does. */
const ALONE_MS = 30_000;
const NEWLINE = 0x0a;
const BACKSLASH = 0x5c;

/** One request that waits for its answer. */
interface Waiting {
  readonly request: WrittenRequest;
  readonly body: string;
  readonly saying: Saying;
  readonly resolve: (result: PortResult) => void;
  readonly reject: (cause: Error) => void;
}

/**
 * The way to a subgraph's `POST /graphql` and `POST /graphql/together`. Queries that leave in one turn of the event loop go in one exchange, under one
 * signature that names the claims of each; their answers come as lines of JSON, `[index, status, body]`, each as soon as it is there, so that none
 * waits for another's. Most of what a small request costs over HTTP is the exchange (docs/adr/0038). Mutations go alone: what becomes of one is
 * nobody else's matter.
 */
export class HttpBatch {
  readonly #name: SubgraphName;
  readonly #line: HttpLine;
  #waiting: Waiting[] = [];
  #aloneUntil = Number.NEGATIVE_INFINITY;

  constructor(name: SubgraphName, line: HttpLine) {
    this.#name = name;
    this.#line = line;
  }

  /** By itself, at once. @throws Fault UNAVAILABLE, or the one that the subgraph answers with */
  execute(request: SubgraphRequest, assertion: string): Promise<PortResult> {
    return this.#ask(new WrittenRequest(request).json(), assertion);
  }

  async #ask(body: string, assertion: string): Promise<PortResult> {
    try {
      const { status, bytes } = await this.#line.post({
        path: HTTP.execute,
        assertion,
        body,
        patienceMs: EXECUTE_PATIENCE_MS,
        mostBytes: MOST_ANSWER_BYTES,
      });
      const { json, seen } = readJson(bytes);
      return resultOf(this.#name, status, json, seen);
    } catch (cause) {
      throw asUnavailable(this.#name, cause);
    }
  }

  /** A query, with those that leave in this turn. @throws as {@link execute} */
  executeFor(request: SubgraphRequest, saying: Saying): Promise<PortResult> {
    const written = new WrittenRequest(request);
    const body = written.json();
    if (request.query.startsWith('mutation')) return this.#alone(written, body, saying);
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ request: written, body, saying, resolve, reject }) === 1) setImmediate(this.#leave);
    });
  }

  readonly #leave = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    if (performance.now() < this.#aloneUntil) {
      this.#sendEach(waiting);
      return;
    }
    let together = new Together();
    for (const one of waiting) {
      if (!together.take(one)) {
        void this.#send(together.all);
        together = new Together(one);
      }
    }
    void this.#send(together.all);
  };

  async #send(together: readonly Waiting[]): Promise<void> {
    const [first] = together;
    if (first === undefined || together.length === 1) return this.#sendEach(together);
    const answers = new Answers(this.#name, together);
    try {
      const body = Buffer.from(`[${together.map((one) => one.body).join(',')}]`);
      const assertion = first.saying.by.mintTogether(
        together.map(({ saying }) => saying),
        this.#name,
        body,
      );
      const { status } = await this.#line.post({
        path: HTTP.together,
        assertion,
        body,
        patienceMs: EXECUTE_PATIENCE_MS,
        mostBytes: together.length * MOST_ANSWER_BYTES,
        read: (chunk, told) => {
          if (told === 200) answers.read(chunk);
        },
      });
      if (answers.areComplete) return;
      if (status !== 404) {
        answers.fail(new Error(`answered ${status}`));
        return;
      }
    } catch (cause) {
      answers.fail(cause);
      return;
    }
    // It has done nothing: it knows no such door.
    this.#aloneUntil = performance.now() + ALONE_MS;
    this.#sendEach(together);
  }

  #sendEach(waiting: readonly Waiting[]): void {
    for (const { request, body, saying, resolve, reject } of waiting) this.#alone(request, body, saying).then(resolve, reject);
  }

  #alone(request: WrittenRequest, body: string, { by, claims, told }: Saying): Promise<PortResult> {
    return this.#ask(body, by.mint(claims, this.#name, request.asserted(), told));
  }
}

/** Requests that go in one exchange. */
class Together {
  readonly all: Waiting[] = [];
  readonly #claims = new Set<Saying['claims']>();
  #bytes = 0;
  #assertion = 0;

  constructor(first?: Waiting) {
    if (first !== undefined) this.take(first);
  }

  /** False for one that is too much. */
  take(one: Waiting): boolean {
    const { claims } = one.saying;
    const [bytes, assertion] = [this.#bytes + one.body.length, this.#assertion + lengthTogether(one.saying, this.#claims.has(claims))];
    const isFull = this.all.length === MOST_TOGETHER || bytes > MOST_BYTES.requests || assertion > MOST_BYTES.assertion;
    if (isFull && this.all.length > 0) return false;
    this.#bytes = bytes;
    this.#assertion = assertion;
    this.#claims.add(claims);
    this.all.push(one);
    return true;
  }
}

/** Reads the lines of one exchange and hands each to whom it is for. */
class Answers {
  readonly #name: SubgraphName;
  readonly #together: readonly Waiting[];
  readonly #isDone: boolean[] = [];
  #done = 0;
  /** What came of a line that has not ended. */
  #begun: Buffer[] = [];
  #begunBytes = 0;

  constructor(name: SubgraphName, together: readonly Waiting[]) {
    this.#name = name;
    this.#together = together;
  }

  get areComplete(): boolean {
    return this.#done === this.#together.length;
  }

  /** @throws Error for what is no line of an answer, or too long: the exchange is given up then */
  read(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      const rest = chunk.subarray(from, at);
      this.#take(this.#begun.length === 0 ? rest : Buffer.concat([...this.#begun, rest]));
      this.#begun = [];
      this.#begunBytes = 0;
      from = at + 1;
    }
    if (from === chunk.length) return;
    this.#begun.push(from === 0 ? chunk : chunk.subarray(from));
    this.#begunBytes += chunk.length - from;
    if (this.#begunBytes > MOST_ANSWER_BYTES) throw new Error(`answered with more than ${MOST_ANSWER_BYTES} bytes`);
  }

  /** Those who have no answer yet have none. */
  fail(cause: unknown): void {
    for (const [index, one] of this.#together.entries()) if (this.#isDone[index] !== true) one.reject(asUnavailable(this.#name, cause));
  }

  #take(line: Buffer): void {
    if (line.length > MOST_ANSWER_BYTES) throw new Error(`answered with more than ${MOST_ANSWER_BYTES} bytes`);
    const { json, seen } = readJson(line);
    const [index, status, body] = json as [number, number, unknown]; // what the other side of this file writes; looked at below
    const one = this.#together[index];
    if (one === undefined || this.#isDone[index] === true) throw new Error('answered what nobody asked');
    this.#isDone[index] = true;
    this.#done += 1;
    try {
      one.resolve(resultOf(this.#name, status, body, seen));
    } catch (cause) {
      one.reject(asUnavailable(this.#name, cause));
    }
  }
}

type Seen = Required<Pick<PortResult, 'isPlain' | 'isAscii'>>;

/** Much of it is ASCII alone, and taken as it is. Without a backslash nothing in it is an escape, of whatever character. */
function readJson(bytes: Buffer): { readonly json: unknown; readonly seen: Seen } {
  const areAscii = isAscii(bytes);
  const isPlain = !bytes.includes(BACKSLASH);
  return { json: JSON.parse(bytes.toString(areAscii ? 'latin1' : 'utf8')), seen: { isPlain, isAscii: isPlain && areAscii } };
}

/** @throws Fault */
function resultOf(name: SubgraphName, status: number, body: unknown, seen: Seen): PortResult {
  if (status !== 200) throw fromFaultJson(body) ?? unavailable(name, new Error(`answered ${status}`));
  if (!isResult(body)) throw unavailable(name, new Error('answered with something else than a result'));
  const { data, errors, extensions } = body;
  const result: PortResult = { isPlain: seen.isPlain, isAscii: seen.isAscii };
  if (data !== undefined) result.data = data;
  if (extensions !== undefined) result.extensions = extensions;
  if (errors !== undefined)
    result.errors = errors.map(({ message, path, extensions: own }) => new GraphQLError(message, { path, extensions: own }));
  return result;
}

const asUnavailable = (name: SubgraphName, cause: unknown): Fault => (cause instanceof Fault ? cause : unavailable(name, cause));

/** What one request of an exchange comes to: the status and body that it would have had alone. */
export interface BatchAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** The other side: writes each answer when it is there; those of one turn of the event loop in one piece. No answer rejects. */
export function writeBatch(answers: readonly Promise<BatchAnswer>[], response: ServerResponse): void {
  let lines = '';
  let left = answers.length;
  let isPlanned = false;
  const leave = (): void => {
    isPlanned = false;
    const bytes = Buffer.from(lines);
    lines = '';
    if (left > 0) {
      if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.write(bytes);
      return;
    }
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/x-ndjson', 'content-length': bytes.length });
    response.end(bytes);
  };
  const take = (index: number, { status, body }: BatchAnswer): void => {
    lines += `${JSON.stringify([index, status, body])}\n`;
    left -= 1;
    if (isPlanned) return;
    isPlanned = true;
    setImmediate(leave);
  };
  for (const [index, answer] of answers.entries()) void answer.then((given) => take(index, given));
}
