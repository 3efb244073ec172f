import { Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import {
  assertionBody,
  type LiveResult,
  type PortResult,
  requestJson,
  type SubgraphPort,
  type SubgraphRequest,
} from '@plaza/calls/subgraph-port';
import type { EventEnvelope } from '@plaza/events/envelope';
import { unavailable } from '@plaza/kernel/fault';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import type { RequestHandler } from 'express';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { fromFaultJson } from './fault-json.js';
import { HttpLine } from './http-line.js';
import { HTTP } from './http-paths.js';
import { readStream } from './http-stream.js';
import { isResult } from './result-shape.js';

const MIB = 1_048_576;
/** How long each door may take before the subgraph counts as unavailable. */
const PATIENCE_MS = { execute: 15_000, call: 5_000, deliver: 25_000, ready: 2_000, serving: 1_000 } as const;
/** Bytes of an answer: more than a page of anything, and little enough to be read without others noticing. */
const MAX_BYTES = { execute: 8 * MIB, call: 32 * MIB, deliver: MIB } as const;
/** Of the routes that are handed on. */
const IDLE_MS = 30_000;
const MAX_SOCKETS = 256;
/** What belongs to one connection and not to the message (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const BACKSLASH = 0x5c;

/** What was read of an answer. */
interface Read {
  readonly value: unknown;
  /** Whether no string in it is written with an escape. */
  readonly isPlain: boolean;
}

/** Told with each answer whether who gave it goes on taking requests, and how long it took: that is how old its word is at most. */
export type Heard = (isStaying: boolean, tookMs: number) => void;

/** A subgraph that is reached over HTTP. What cannot be reached, or not in time, is a Fault UNAVAILABLE; nothing is sent twice. */
export class HttpPort implements SubgraphPort {
  readonly name: SubgraphName;
  readonly #base: URL;
  readonly #line: HttpLine;
  readonly #heard: Heard;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, timeout: IDLE_MS });

  /** `base` is where it listens: http://127.0.0.1:4101. */
  constructor(name: SubgraphName, base: string, heard: Heard = () => undefined) {
    this.name = name;
    this.#heard = heard;
    this.#base = new URL(base);
    this.#line = new HttpLine(base, MAX_SOCKETS);
  }

  async execute(request: SubgraphRequest, assertion: string): Promise<PortResult> {
    const { value: result, isPlain } = await this.#post(HTTP.execute, requestJson(request), assertion, 'execute');
    if (!isResult(result)) throw unavailable(this.name, new Error('answered with something else than a result'));
    const { errors, ...rest } = result;
    if (errors === undefined) return { ...rest, isPlain };
    return { ...rest, isPlain, errors: errors.map(({ message, path, extensions }) => new GraphQLError(message, { path, extensions })) };
  }

  async subscribe(request: SubgraphRequest, assertion: string): Promise<AsyncIterableIterator<LiveResult> | ExecutionResult> {
    const { hostname, port } = this.#base;
    const bytes = Buffer.from(JSON.stringify(request));
    const headers = { 'content-type': 'application/json', 'content-length': bytes.length, [HTTP.assertion]: assertion };
    const opening = new AbortController();
    const late = setTimeout(() => opening.abort(), PATIENCE_MS.execute);
    try {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        // A connection of its own: a stream may stay for hours and takes no place among the requests.
        const to = { agent: false, hostname, port, method: 'POST', path: HTTP.subscribe, headers, signal: opening.signal };
        httpRequest(to, resolve)
          .on('error', (cause) => reject(unavailable(this.name, cause)))
          .end(bytes);
      });
      if (response.statusCode === 200) return await readStream(response, () => response.destroy(), this.name);
      throw (
        fromFaultJson(await this.#read(response, MAX_BYTES.execute)) ?? unavailable(this.name, new Error(`answered ${response.statusCode}`))
      );
    } finally {
      clearTimeout(late);
    }
  }

  async call(name: string, input: unknown, assertion: string): Promise<unknown> {
    const { value } = await this.#post(`${HTTP.call}${encodeURIComponent(name)}`, JSON.stringify(input), assertion, 'call');
    return value;
  }

  async deliver(events: readonly EventEnvelope[], assertion: string): Promise<void> {
    await this.#post(HTTP.deliver, assertionBody.deliver(events), assertion, 'deliver');
  }

  ready(): Promise<boolean> {
    return this.#isWell(HTTP.ready, PATIENCE_MS.ready);
  }

  /** Whether its process takes requests and goes on doing so. */
  serving(): Promise<boolean> {
    return this.#isWell(HTTP.serving, PATIENCE_MS.serving);
  }

  /** Hands requests for `/<name>/…` on to the subgraph as they are; answers 503 when it is away. Mounted where the routes themselves would be. */
  readonly proxy: RequestHandler = (incoming, outgoing) => {
    const { hostname, port } = this.#base;
    const headers = withoutHopByHop(incoming.headers);
    const upstream = httpRequest(
      { agent: this.#agent, hostname, port, method: incoming.method, path: incoming.originalUrl, headers },
      (response) => {
        outgoing.writeHead(response.statusCode ?? 502, withoutHopByHop(response.headers));
        response.pipe(outgoing);
      },
    );
    upstream.on('error', () => {
      // What is still being sent has nowhere to go: it is let run out, and the connection is not used again.
      incoming.unpipe(upstream);
      incoming.resume();
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(503, { connection: 'close' }).end();
    });
    outgoing.on('close', () => upstream.destroy());
    incoming.pipe(upstream);
  };

  /** Lets go of the connections that are kept. */
  close(): void {
    this.#agent.destroy();
    this.#line.close();
  }

  async #isWell(path: string, patienceMs: number): Promise<boolean> {
    try {
      const { status } = await this.#line.ask({ method: 'GET', path, headers: [], patienceMs, mostBytes: MIB });
      return status === 200;
    } catch {
      return false;
    }
  }

  async #post(path: string, body: string, assertion: string, door: keyof typeof MAX_BYTES): Promise<Read> {
    const headers = ['content-type', 'application/json', HTTP.assertion, assertion];
    const patience = { patienceMs: PATIENCE_MS[door], mostBytes: MAX_BYTES[door] };
    let status: number;
    let answer: Read;
    const askedAt = performance.now();
    try {
      const { bytes, isKept, ...response } = await this.#line.ask({ method: 'POST', path, headers, body, ...patience });
      this.#heard(isKept, performance.now() - askedAt);
      status = response.status;
      answer = { value: JSON.parse(bytes.toString('utf8')), isPlain: !bytes.includes(BACKSLASH) };
    } catch (cause) {
      throw unavailable(this.name, cause);
    }
    if (status === 200) return answer;
    throw fromFaultJson(answer.value) ?? unavailable(this.name, new Error(`answered ${status}`));
  }

  /** Lets go of the connection when there are more bytes than that. */
  async #read(response: IncomingMessage, mostBytes: number): Promise<unknown> {
    try {
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of response as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > mostBytes) throw new Error(`answered with more than ${mostBytes} bytes`);
        chunks.push(chunk);
      }
      return JSON.parse(Buffer.concat(chunks).toString('utf8'));
    } catch (cause) {
      throw unavailable(this.name, cause);
    }
  }
}

function withoutHopByHop(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
}
