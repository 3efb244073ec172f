import { request } from 'undici';
import { WebSocket } from 'ws';

/** What is sent, whatever it goes over. */
export interface Operation {
  readonly query: string;
  readonly variables?: unknown;
  readonly operationName?: unknown;
  readonly extensions?: unknown;
  readonly documentId?: unknown;
}

/** What came back. */
export interface Outcome {
  /** Null where the wire has none. */
  readonly status: number | null;
  /** Every byte that was answered. */
  readonly body: string;
  readonly codes: readonly string[];
  readonly messages: readonly string[];
  /** Of the last result; undefined where there was none. */
  readonly data: unknown;
}

/** A public door: one gateway. */
export interface Door {
  /** http://127.0.0.1:<port> */
  readonly origin: string;
}

export type Transport = (door: Door, operation: Operation, token?: string) => Promise<Outcome>;

interface Result {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message?: string; readonly extensions?: { readonly code?: string } }[] | null;
}

/** It ends what hangs; nothing that is refused is ever waited for. */
const HANGS_MS = 60_000;

function outcomeOf(status: number | null, body: string, results: readonly Result[]): Outcome {
  const errors = results.flatMap((result) => result.errors ?? []);
  return {
    status,
    body,
    codes: errors.map(({ extensions }) => extensions?.code ?? 'none'),
    messages: errors.map(({ message }) => message ?? ''),
    data: results.at(-1)?.data,
  };
}

const bearer = (token: string | undefined): Record<string, string> => (token === undefined ? {} : { authorization: `Bearer ${token}` });

async function http(door: Door, path: string, init: RequestInit): Promise<Outcome> {
  const response = await fetch(`${door.origin}${path}`, { ...init, redirect: 'manual', signal: AbortSignal.timeout(HANGS_MS) });
  const body = await response.text();
  return outcomeOf(response.status, body, resultsIn(body));
}

/** Results in a body of JSON, of server-sent events or of parts. */
function resultsIn(body: string): readonly Result[] {
  const whole = parsed(body);
  if (whole !== null) return [whole];
  const lines = body.split(/\r?\n/u).map((line) => line.replace(/^data: /u, ''));
  return lines.flatMap((line) => {
    const part = parsed(line);
    if (part === null) return [];
    const { payload, ...rest } = part as { readonly payload?: Result };
    return [rest, ...(payload == null ? [] : [payload])];
  });
}

function parsed(text: string): Result | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}

const post =
  (accept: string): Transport =>
  (door, operation, token) =>
    http(door, '/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept, ...bearer(token) },
      body: JSON.stringify(operation),
    });

const get: Transport = (door, operation, token) => {
  const given = Object.entries(operation).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, typeof value === 'string' ? value : JSON.stringify(value)]],
  );
  return http(door, `/graphql?${new URLSearchParams(given).toString()}`, {
    headers: { 'apollo-require-preflight': '1', accept: 'application/graphql-response+json', ...bearer(token) },
  });
};

interface Message {
  readonly id?: string;
  readonly type: string;
  readonly payload?: unknown;
}

/** One socket for all operations of one asker at one door. */
class Line {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<
    string,
    { readonly results: Result[]; readonly texts: string[]; readonly done: (outcome: Outcome) => void }
  >();
  readonly opened: Promise<void>;
  #next = 0;

  constructor(door: Door, token: string | undefined) {
    this.#socket = new WebSocket(`${door.origin.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    this.opened = new Promise((resolve, reject) => {
      this.#socket.on('error', reject);
      this.#socket.on('open', () => this.#socket.send(JSON.stringify({ type: 'connection_init', payload: bearer(token) })));
      this.#socket.on('message', (data) => {
        const text = (data as Buffer).toString('utf8'); // ws gives buffers unless it is told otherwise
        const message = JSON.parse(text) as Message;
        if (message.type === 'connection_ack') resolve();
        else this.#heard(message, text);
      });
      this.#socket.on('close', (code) => {
        reject(new Error(`closed with ${code}`));
        for (const { texts, results, done } of this.#waiting.values()) done(outcomeOf(code, texts.join('\n'), results));
        this.#waiting.clear();
      });
    });
  }

  get isOpen(): boolean {
    return this.#socket.readyState <= this.#socket.OPEN;
  }

  ask(operation: Operation): Promise<Outcome> {
    const id = String((this.#next += 1));
    return new Promise((done) => {
      this.#waiting.set(id, { results: [], texts: [], done });
      this.#socket.send(JSON.stringify({ id, type: 'subscribe', payload: operation }));
    });
  }

  close(): void {
    this.#socket.close();
  }

  #heard({ id = '', type, payload }: Message, text: string): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    waiting.texts.push(text);
    if (type === 'next') waiting.results.push(payload as Result);
    if (type === 'error') waiting.results.push({ errors: payload as NonNullable<Result['errors']> });
    if (type !== 'error' && type !== 'complete') return;
    this.#waiting.delete(id);
    waiting.done(outcomeOf(null, waiting.texts.join('\n'), waiting.results));
  }
}

const lines = new Map<string, Line>();

const socket: Transport = async (door, operation, token) => {
  const key = `${door.origin} ${token ?? ''}`;
  let line = lines.get(key);
  if (line?.isOpen !== true) lines.set(key, (line = new Line(door, token)));
  await line.opened;
  return line.ask(operation);
};

/** Lets go of every socket that was opened here. */
export function hangUp(): void {
  for (const line of lines.values()) line.close();
  lines.clear();
}

export const overPost = post('application/graphql-response+json');
export const overSocket = socket;

/** As {@link overPost}, for a fifth of what `fetch` takes of the processor: where the asker shares it with who serves, and waits are measured. */
export const overLightPost: Transport = async (door, operation, token) => {
  const { statusCode, body } = await request(`${door.origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...bearer(token) },
    body: JSON.stringify(operation),
    headersTimeout: HANGS_MS,
    bodyTimeout: HANGS_MS,
  });
  const text = await body.text();
  return outcomeOf(statusCode, text, resultsIn(text));
};

/** Every way to send an operation. */
export const TRANSPORTS: Readonly<Record<string, Transport>> = {
  POST: overPost,
  GET: get,
  WebSocket: socket,
  'server-sent events': post('text/event-stream'),
  multipart: post('multipart/mixed;subscriptionSpec=1.0,application/json'),
};
