import type { IncomingMessage, ServerResponse } from 'node:http';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { LiveResult } from '@plaza/calls/subgraph-port';
import { Fault, unavailable } from '@plaza/kernel/fault';
import { type ExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql';
import { fromFaultJson, toFaultJson } from './fault-json.js';
import { HTTP } from './http-paths.js';
import { isStream } from './open-streams.js';

/** An empty line goes out when nothing else does, so that a dead connection is noticed. */
const HEARTBEAT_MS = 10_000;
/** Silence after which the other side counts as gone. */
const SILENCE_MS = 25_000;

/** A result as JSON makes it. */
type FormattedResult = Omit<LiveResult, 'errors'> & { readonly errors?: readonly GraphQLFormattedError[] };
/** One line of a stream; a stream whose last line is none of `result`, `end` and `fault` was cut. */
type Line<Result> =
  | { readonly result: Result }
  | { readonly event: Result }
  | { readonly end: true }
  | { readonly fault: ReturnType<typeof toFaultJson>['body'] };

/** Writes a subscription as lines of JSON, no faster than they are taken; ends it when the reader has gone. */
export async function writeStream(live: AsyncIterableIterator<LiveResult> | ExecutionResult, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson', ...(isStream(live) ? { [HTTP.isLive]: '1' } : {}) });
  const write = async (line: Line<LiveResult>): Promise<void> => {
    // Who has gone takes nothing any more, and says so only once: there is nothing to wait for.
    if (response.destroyed || response.write(`${JSON.stringify(line)}\n`) || response.destroyed) return;
    const written = new AbortController();
    await Promise.race(['drain', 'close'].map(async (event) => once(response, event, { signal: written.signal }).catch(() => [])));
    written.abort();
  };
  if (!isStream(live)) {
    await write({ result: live });
    response.end();
    return;
  }
  response.flushHeaders();
  const heartbeat = setInterval(() => response.write('\n'), HEARTBEAT_MS);
  response.once('close', () => void live.return?.());
  try {
    for await (const event of live) await write({ event });
    await write({ end: true });
  } catch (error) {
    const fault = error instanceof Fault ? error : unavailable('The subgraph', error);
    await write({ fault: toFaultJson(fault).body });
  } finally {
    clearInterval(heartbeat);
    response.end();
  }
}

/** Reads what {@link writeStream} wrote. `abort` lets go of the connection. */
export async function readStream(
  response: IncomingMessage,
  abort: () => void,
  name: string,
): Promise<AsyncIterableIterator<LiveResult> | ExecutionResult> {
  let hasLeft = false;
  const leave = (): void => {
    hasLeft = true;
    abort();
  };
  response.setTimeout(SILENCE_MS, () => response.destroy(new Error('silent')));
  const lines = linesOf(response, name);

  async function* events(): AsyncGenerator<LiveResult, void, undefined> {
    try {
      for await (const line of lines) {
        if ('event' in line) yield withErrors(line.event);
        else if ('end' in line) return;
        else if ('fault' in line) throw fromFaultJson(line.fault) ?? unavailable(name);
      }
      throw unavailable(name);
    } catch (error) {
      if (!hasLeft) throw error instanceof Fault ? error : unavailable(name, error);
    } finally {
      leave();
    }
  }

  if (response.headers[HTTP.isLive] === undefined) {
    const { value } = await lines.next();
    leave();
    if (value !== undefined && 'result' in value) return withErrors(value.result);
    throw unavailable(name);
  }
  const stream = events();
  const live: AsyncIterableIterator<LiveResult> = {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => stream.next(),
    return() {
      leave();
      return stream.return();
    },
  };
  return live;
}

async function* linesOf(response: IncomingMessage, name: string): AsyncGenerator<Line<FormattedResult>, void, undefined> {
  for await (const text of createInterface({ input: response, crlfDelay: Infinity })) {
    if (text === '') continue;
    try {
      yield JSON.parse(text) as Line<FormattedResult>; // what our own writer wrote
    } catch (cause) {
      throw unavailable(name, cause);
    }
  }
}

function withErrors(result: FormattedResult): LiveResult {
  const { errors, ...rest } = result;
  if (errors === undefined) return rest;
  return { ...rest, errors: errors.map(({ message, path, extensions }) => new GraphQLError(message, { path, extensions })) };
}
