import { Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import type { Saying } from '@plaza/auth/assertion';
import { assertionBody, type LiveResult, type PortResult, type SubgraphPort, type SubgraphRequest } from '@plaza/calls/subgraph-port';
import type { EventEnvelope } from '@plaza/events/envelope';
import { unavailable } from '@plaza/kernel/fault';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import type { RequestHandler } from 'express';
import type { ExecutionResult } from 'graphql';
import { fromFaultJson } from './fault-json.js';
import { EXECUTE_PATIENCE_MS, HttpBatch, MOST_ANSWER_BYTES } from './http-batch.js';
import { type Heard, HttpLine } from './http-line.js';
import { HTTP } from './http-paths.js';
import { readStream } from './http-stream.js';

const MIB = 1_048_576;
/** How long each door may take before the subgraph counts as unavailable. */
const PATIENCE_MS = { call: 5_000, deliver: 25_000, ready: 2_000, serving: 1_000 } as const;
/** Bytes of an answer. */
const MAX_BYTES = { call: 32 * MIB, deliver: MIB } as const;
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

/** A subgraph that is reached over HTTP. What cannot be reached, or not in time, is a Fault UNAVAILABLE; nothing is sent twice. */
export class HttpPort implements SubgraphPort {
  readonly name: SubgraphName;
  readonly #base: URL;
  readonly #line: HttpLine;
  readonly #batch: HttpBatch;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, timeout: IDLE_MS });

  /** `base` is where it listens: http://127.0.0.1:4101. */
  constructor(name: SubgraphName, base: string, heard: Heard = () => undefined) {
    this.name = name;
    this.#base = new URL(base);
    this.#line = new HttpLine(base, MAX_SOCKETS, heard);
    this.#batch = new HttpBatch(name, this.#line);
  }

  execute(request: SubgraphRequest, assertion: string): Promise<PortResult> {
    return this.#batch.execute(request, assertion);
  }

  executeFor(request: SubgraphRequest, saying: Saying): Promise<PortResult> {
    return this.#batch.executeFor(request, saying);
  }

  async subscribe(request: SubgraphRequest, assertion: string): Promise<AsyncIterableIterator<LiveResult> | ExecutionResult> {
    const { hostname, port } = this.#base;
    const bytes = Buffer.from(JSON.stringify(request));
    const headers = { 'content-type': 'application/json', 'content-length': bytes.length, [HTTP.assertion]: assertion };
    const opening = new AbortController();
    const late = setTimeout(() => opening.abort(), EXECUTE_PATIENCE_MS);
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
        fromFaultJson(await this.#read(response, MOST_ANSWER_BYTES)) ?? unavailable(this.name, new Error(`answered ${response.statusCode}`))
      );
    } finally {
      clearTimeout(late);
    }
  }

  async call(name: string, input: unknown, assertion: string): Promise<unknown> {
    return this.#post(`${HTTP.call}${encodeURIComponent(name)}`, JSON.stringify(input), assertion, 'call');
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
      const { status } = await this.#line.get(path, { patienceMs, mostBytes: MIB });
      return status === 200;
    } catch {
      return false;
    }
  }

  async #post(path: string, body: string, assertion: string, door: keyof typeof MAX_BYTES): Promise<unknown> {
    const patience = { patienceMs: PATIENCE_MS[door], mostBytes: MAX_BYTES[door] };
    let status: number;
    let answer: unknown;
    try {
      const { bytes, ...response } = await this.#line.post({ path, assertion, body, ...patience });
      status = response.status;
      answer = JSON.parse(bytes.toString('utf8'));
    } catch (cause) {
      throw unavailable(this.name, cause);
    }
    if (status === 200) return answer;
    throw fromFaultJson(answer) ?? unavailable(this.name, new Error(`answered ${status}`));
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
