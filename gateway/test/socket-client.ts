import { randomUUID } from 'node:crypto';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { World } from './world.js';

interface Result {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly unknown[];
    readonly extensions: { readonly code: string };
  }[];
}

/** A subscription as its client sees it. */
export interface Heard {
  readonly events: Result[];
  /** Set once it is over: null for completed, else what ended it. */
  end: { readonly error: unknown } | null | undefined;
  /** Waits until so many events are there. */
  has(count: number): Promise<readonly Result[]>;
  ended(): Promise<unknown>;
  stop(): void;
}

export const wait = async (isDone: () => boolean, what: string, ms = 120_000): Promise<void> => {
  for (const until = Date.now() + ms; !isDone();) {
    if (Date.now() > until) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

/** The reference client, which does not come back unless it is told to. */
export function client(world: World, token?: string | (() => Promise<string>), retryAttempts = 0, closes: number[] = []): Client {
  return createClient({
    url: `${world.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    lazy: true,
    retryAttempts,
    retryWait: () => new Promise((resolve) => setTimeout(resolve, 10)),
    generateID: () => randomUUID(),
    connectionParams: async () =>
      token === undefined ? {} : { authorization: `Bearer ${typeof token === 'string' ? token : await token()}` },
    on: { closed: (event) => void closes.push((event as { code: number }).code) },
  });
}

export function listen(socket: Client, query: string, variables: Record<string, unknown> = {}): Heard {
  const events: Result[] = [];
  const heard: Heard = {
    events,
    end: undefined,
    async has(count) {
      await wait(() => events.length >= count, `${count} events, there are ${events.length}: ${JSON.stringify(heard.end)}`);
      return events;
    },
    async ended() {
      await wait(() => heard.end !== undefined, 'the end');
      return heard.end?.error;
    },
    stop: () => stop(),
  };
  const stop = socket.subscribe(
    { query, variables },
    {
      next: (result) => void events.push(result as Result),
      error: (error) => {
        heard.end = { error };
      },
      complete: () => {
        heard.end ??= null;
      },
    },
  );
  return heard;
}

/** A bare socket. */
export async function rawSocket(world: World, protocol: string | string[] = 'graphql-transport-ws', headers: Record<string, string> = {}) {
  const socket = new WebSocket(`${world.url.replace('http', 'ws')}/graphql`, protocol, { headers });
  const messages: { readonly type: string; readonly id?: string; readonly payload?: unknown }[] = [];
  const state: { close: number | null; refused: number | null } = { close: null, refused: null };
  socket.on('message', (data) => messages.push(JSON.parse((data as Buffer).toString('utf8')) as (typeof messages)[number]));
  socket.on('close', (code) => {
    state.close = code;
  });
  socket.on('unexpected-response', (_request, response) => {
    state.refused = response.statusCode ?? 0;
    socket.terminate();
  });
  socket.on('error', () => undefined);
  await wait(() => socket.readyState === socket.OPEN || state.close !== null || state.refused !== null, 'the socket');
  return { socket, messages, state, say: (message: unknown) => socket.send(JSON.stringify(message)) };
}
