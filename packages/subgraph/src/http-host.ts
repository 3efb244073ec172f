import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { eventEnvelope } from '@plaza/events/envelope';
import { badUserInput, Fault } from '@plaza/kernel/fault';
import { metricsPage } from '@plaza/telemetry/metrics';
import express from 'express';
import { z } from 'zod';
import { toFaultJson } from './fault-json.js';
import { type BatchAnswer, MOST_TOGETHER, writeBatch } from './http-batch.js';
import { HTTP } from './http-paths.js';
import { writeStream } from './http-stream.js';
import type { RunningSubgraph } from './running-subgraph.js';

/** 16 MiB: a thousand entities with their keys, or a batch of events, and far more than any call. */
const BODY_LIMIT = 16 * 1024 * 1024;
/** Longer than any client of ours keeps a socket (http-port.ts), so that it is never us who close one under a request. */
const KEEP_ALIVE_MS = 75_000;

const request = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()), operationName: z.string().optional() });
const together = z.array(request).min(1).max(MOST_TOGETHER);
const events = z.array(eventEnvelope);

/**
 * A subgraph's doors over HTTP, not listening yet: `POST /graphql`, `POST /graphql/together` (an array in, lines of JSON out), `POST
 * /subscriptions` (lines of JSON), `POST /calls/<name>`, `POST /events`, each with the assertion in `x-plaza-assertion`; `GET /health/live`, `/health/serving`, `/health/ready`, `/metrics`; and the subgraph's own routes under `/<name>`. Faults answer
 * with their status and `{code, message, retryAfter}`. While `isLeaving` everything is answered as before and `connection: close` is said with it.
 */
export function httpHost(subgraph: RunningSubgraph, isLeaving: () => boolean = () => false): Server {
  const routes = express().disable('x-powered-by');
  if (subgraph.routes !== undefined) routes.use(`/${subgraph.name}`, subgraph.routes);
  routes.use((_request, response) => response.status(404).end());

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = incoming.url ?? '/';
    // What nobody signed is not even read: the body is only for comparing with what the assertion says of it.
    if (isDoor(incoming.method, path) && assertionOf(incoming) === '') throw new Fault('UNAUTHENTICATED', 'The assertion is missing.');
    if (incoming.method === 'GET' && path === HTTP.live) send(response, 200, {});
    else if (incoming.method === 'GET' && path === HTTP.serving) send(response, isLeaving() ? 503 : 200, {});
    else if (incoming.method === 'GET' && path === HTTP.ready) {
      send(response, !isLeaving() && (await subgraph.ready()) ? 200 : 503, { degraded: subgraph.degraded() });
    } else if (incoming.method === 'GET' && path === HTTP.metrics) {
      const { contentType, text } = await metricsPage();
      response.writeHead(200, { 'content-type': contentType }).end(text);
    } else if (incoming.method === 'POST' && path === HTTP.execute) {
      send(response, 200, await subgraph.execute(request.parse(await bodyOf(incoming)), assertionOf(incoming)));
    } else if (incoming.method === 'POST' && path === HTTP.together) {
      const body = await bytesOf(incoming);
      writeBatch(subgraph.executeTogether(together.parse(jsonOf(body)), assertionOf(incoming), body).map(alone), response);
    } else if (incoming.method === 'POST' && path === HTTP.subscribe) {
      await writeStream(await subgraph.subscribe(request.parse(await bodyOf(incoming)), assertionOf(incoming)), response);
    } else if (incoming.method === 'POST' && path.startsWith(HTTP.call)) {
      const name = callNameOf(path);
      send(response, 200, (await subgraph.call(name, await bodyOf(incoming), assertionOf(incoming))) ?? null);
    } else if (incoming.method === 'POST' && path === HTTP.deliver) {
      await subgraph.deliver(events.parse(await bodyOf(incoming)), assertionOf(incoming));
      send(response, 200, {});
    } else {
      routes(incoming, response);
    }
  }

  const server = createServer((incoming, response) => {
    // A kept connection would be closed under its owner's next request.
    if (isLeaving()) response.setHeader('connection', 'close');
    answer(incoming, response).catch((error: unknown) => {
      const { status, body } = toFaultJson(asFault(error));
      if (response.headersSent) response.destroy();
      else send(response, status, body);
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return server;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length }).end(bytes);
}

/** Whether an assertion is asked for there. */
const isDoor = (method: string | undefined, path: string): boolean =>
  method === 'POST' &&
  (path === HTTP.execute || path === HTTP.together || path === HTTP.subscribe || path === HTTP.deliver || path.startsWith(HTTP.call));

/** As the request would be answered if it had come by itself. */
const alone = async (work: Promise<unknown>): Promise<BatchAnswer> => {
  try {
    return { status: 200, body: await work };
  } catch (error) {
    return toFaultJson(asFault(error));
  }
};

function callNameOf(path: string): string {
  try {
    return decodeURIComponent(path.slice(HTTP.call.length));
  } catch {
    throw badUserInput('There is no such call.');
  }
}

const assertionOf = (incoming: IncomingMessage): string => String(incoming.headers[HTTP.assertion] ?? '');

const bodyOf = async (incoming: IncomingMessage): Promise<unknown> => jsonOf(await bytesOf(incoming));

async function bytesOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > BODY_LIMIT) throw badUserInput('The body is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw badUserInput('The body is not JSON.');
  }
}

function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  return error instanceof z.ZodError
    ? badUserInput('The body has another shape.')
    : new Fault('INTERNAL', 'Something went wrong on our side.');
}
