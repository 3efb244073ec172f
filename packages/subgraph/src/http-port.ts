import { Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import type { LiveResult, SubgraphPort, SubgraphRequest } from '@plaza/calls/subgraph-port';
import type { EventEnvelope } from '@plaza/events/envelope';
import { Fault, unavailable } from '@plaza/kernel/fault';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import type { RequestHandler } from 'express';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { fromFaultJson } from './fault-json.js';
import { HTTP } from './http-paths.js';
import { readStream } from './http-stream.js';
import { isResult } from './result-shape.js';

const MIB = 1_048_576;
/** How long each door may take before the subgraph counts as unavailable. */
const PATIENCE_MS = { execute: 15_000, call: 5_000, deliver: 25_000, ready: 2_000 } as const;
/** Bytes of an answer: more than a page of anything, and little enough to be read without others noticing. */
const MAX_BYTES = { execute: 8 * MIB, call: 32 * MIB, deliver: MIB } as const;
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
  readonly #agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, timeout: IDLE_MS });

  /** `base` is where it listens: http://127.0.0.1:4101 */
  constructor(name: SubgraphName, base: string) {
    this.name = name;
    this.#base = new URL(base);
  }

  async execute(request: SubgraphRequest, assertion: string): Promise<ExecutionResult> {
    const result = await this.#post(HTTP.execute, request, assertion, 'execute');
    if (!isResult(result)) throw unavailable(this.name, new Error('answered with something else than a result'));
    const { errors, ...rest } = result;
    if (errors === undefined) return rest;
    return { ...rest, errors: errors.map(({ message, path, extensions }) => new GraphQLError(message, { path, extensions })) };
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
    return this.#post(`${HTTP.call}${encodeURIComponent(name)}`, input, assertion, 'call');
  }

  async deliver(events: readonly EventEnvelope[], assertion: string): Promise<void> {
    await this.#post(HTTP.deliver, events, assertion, 'deliver');
  }

  async ready(): Promise<boolean> {
    try {
      const response = await this.#send('GET', HTTP.ready, {}, undefined, PATIENCE_MS.ready);
      response.resume();
      return response.statusCode === 200;
    } catch {
      return false;
    }
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
  }

  async #post(path: string, body: unknown, assertion: string, door: keyof typeof MAX_BYTES): Promise<unknown> {
    const bytes = Buffer.from(JSON.stringify(body));
    const headers = { 'content-type': 'application/json', 'content-length': bytes.length, [HTTP.assertion]: assertion };
    const response = await this.#send('POST', path, headers, bytes, PATIENCE_MS[door]);
    const answer = await this.#read(response, MAX_BYTES[door]);
    if (response.statusCode === 200) return answer;
    throw fromFaultJson(answer) ?? unavailable(this.name, new Error(`answered ${response.statusCode}`));
  }

  #send(
    method: string,
    path: string,
    headers: Record<string, string | number>,
    body: Buffer | undefined,
    patienceMs: number,
  ): Promise<IncomingMessage> {
    const { hostname, port } = this.#base;
    return new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(patienceMs);
      const outgoing = httpRequest({ agent: this.#agent, hostname, port, method, path, headers, signal }, resolve);
      outgoing.on('error', (cause) => reject(unavailable(this.name, cause)));
      outgoing.end(body);
    });
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
      throw cause instanceof Fault ? cause : unavailable(this.name, cause);
    }
  }
}

function withoutHopByHop(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
}
