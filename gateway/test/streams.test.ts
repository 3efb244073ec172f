import { randomUUID } from 'node:crypto';
import { createClient, type Client } from 'graphql-sse';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../src/limits/limits.js';
import { wait as waitFor } from './socket-client.js';
import { startWorld, type World } from './world.js';

const TICKS = 'subscription ($of: ID!, $after: String) { ticks(of: $of, after: $after) { cursor count thing { name } } }';
const MULTIPART = 'multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json';

/** A slow machine takes its time. */
const wait = (isDone: () => boolean, what: string): Promise<void> => waitFor(isDone, what, 15_000);

let world: World;
const clients: Client[] = [];
beforeAll(async () => {
  world = await startWorld({
    limits: {
      sockets: { ...DEFAULT_LIMITS.sockets, perAccount: 3 },
      rate: { address: { requests: 0, seconds: 60 }, account: { requests: 0, seconds: 60 } },
    },
    gateway: { shareRestMs: 30 },
  });
});
afterAll(() => world.stop());
afterEach(async () => {
  for (const client of clients.splice(0)) client.dispose();
  await wait(() => world.log.open === 0, 'the end of every upstream');
  world.log.readers.length = 0;
});

interface Event {
  readonly data?: Record<string, Record<string, unknown>> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code: string } }[];
}
interface Heard {
  readonly events: Event[];
  end: { readonly error: unknown } | null | undefined;
  stop(): void;
  has(count: number): Promise<readonly Event[]>;
  ended(): Promise<unknown>;
}

/** The reference client: it comes again after a cut as often as it is told to. */
function connect(token?: () => Promise<string>, retryAttempts = 0): Client {
  const client = createClient({
    url: `${world.url}/graphql`,
    retryAttempts,
    retry: () => new Promise((resolve) => setTimeout(resolve, 10)),
    headers: async (): Promise<Record<string, string>> => (token === undefined ? {} : { authorization: `Bearer ${await token()}` }),
  });
  clients.push(client);
  return client;
}

function listen(client: Client, query: string, variables: Record<string, unknown> = {}): Heard {
  const events: Event[] = [];
  const heard: Heard = {
    events,
    end: undefined,
    stop: () => stop(),
    async has(count) {
      await wait(() => events.length >= count, `${count} events, there are ${events.length}`);
      return events;
    },
    async ended() {
      await wait(() => heard.end !== undefined, 'the end');
      return heard.end?.error;
    },
  };
  const stop = client.subscribe<Event['data'] & object>(
    { query, variables },
    {
      next: (event) => void events.push(event as unknown as Event),
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

const ready = (count = 1): Promise<void> => wait(() => world.log.open >= count, 'an upstream');
const counts = ({ events }: Heard): unknown[] => events.map(({ data }) => data?.['ticks']?.['count']);

/** A request whose answer stays open. */
async function open(accept: string, query: string, more: { readonly token?: string; readonly variables?: object } = {}) {
  const leaving = new AbortController();
  const response = await fetch(`${world.url}/graphql`, {
    method: 'POST',
    signal: leaving.signal,
    headers: { accept, 'content-type': 'application/json', ...(more.token === undefined ? {} : { authorization: `Bearer ${more.token}` }) },
    body: JSON.stringify({ query, variables: more.variables }),
  });
  const state = { text: '', isOver: false };
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) state.text += decoder.decode(chunk, { stream: true }); // fetch's stream is one
  };
  void read()
    .catch(() => undefined)
    .then(() => {
      state.isOver = true;
    });
  return { response, state, leave: () => leaving.abort() };
}

describe('server-sent events', () => {
  it('bring every event with the fields of three subgraphs', async () => {
    const heard = listen(connect(), 'subscription { ticks(of: "x") { count thing { id title name } } }');
    await ready();
    world.log.write({ thing: 't1' });
    expect(await heard.has(1)).toEqual([
      { data: { ticks: { count: world.log.lines.length, thing: { id: 't1', title: 'Title t1', name: 'Name of t1' } } } },
    ]);
  });

  it('end with complete when there is no more', async () => {
    const heard = listen(connect(), 'subscription { state }');
    expect(await heard.ended()).toBeUndefined();
    expect(heard.events).toEqual([{ data: { state: 1 } }, { data: { state: 2 } }]);
  });

  it('run queries and mutations too', async () => {
    const client = connect(() => world.token());
    const query = listen(client, '{ w: whoami }');
    await query.ended();
    expect(query.events).toEqual([{ data: { w: world.viewer.id } }]);
    const mutation = listen(client, 'mutation { change(value: "x") { name } }');
    await mutation.ended();
    expect(mutation.events).toEqual([{ data: { change: { name: expect.any(String) } } }]);
  });

  it('say what does not run as one event, by the rules of the other doors', async () => {
    const client = connect();
    const refused = ['subscription { nothing }', 'subscription { memberTicks { count } }', `{ ${'things { part { id } '.repeat(3)} }`];
    const heard = await Promise.all(
      refused.map(async (query) => {
        const one = listen(client, query);
        await one.ended();
        return one.events.map(({ errors }) => errors?.[0]?.extensions?.code);
      }),
    );
    expect(heard).toEqual([['BAD_USER_INPUT'], ['UNAUTHENTICATED'], ['BAD_USER_INPUT']]);
  });

  it('resume from the last cursor after the line was cut, without a gap or a double', async () => {
    let seen: string | null = null;
    const events: number[] = [];
    const client = connect(undefined, 10);
    const stop = client.subscribe<{ ticks: { cursor: string; count: number } }>(
      {
        query: TICKS,
        variables: {
          of: 'x',
          get after() {
            return seen;
          },
        },
      },
      {
        next: ({ data }) => {
          seen = data?.ticks.cursor ?? null;
          events.push(data?.ticks.count ?? 0);
        },
        error: () => undefined,
        complete: () => undefined,
      },
    );
    await ready();
    const first = world.log.lines.length + 1;
    for (let i = 0; i < 3; i += 1) world.log.write();
    await wait(() => events.length === 3, 'three events');
    stop();
    await wait(() => world.log.open === 0, 'the end of the first line');
    for (let i = 0; i < 3; i += 1) world.log.write();
    const again = listen(client, TICKS, { of: 'x', after: seen });
    await again.has(3);
    expect([...events, ...counts(again)]).toEqual([0, 1, 2, 3, 4, 5].map((n) => first + n));
  });

  it('share one upstream among equal listeners, and obey a block', async () => {
    const author = randomUUID();
    const people = [randomUUID(), randomUUID()] as const;
    const heard = people.map((id) =>
      listen(
        connect(() => world.token({ claims: { sub: id, sid: randomUUID() } })),
        TICKS,
        { of: 'shared' },
      ),
    );
    await wait(() => world.log.open === 1 && world.log.readers.length >= 3, 'one upstream');
    world.log.block(people[0], author);
    world.log.write({ author });
    world.log.write({ author: randomUUID() });
    const last = world.log.lines.length;
    await heard[0]?.has(1);
    await heard[1]?.has(2);
    expect(heard.map(counts)).toEqual([[last], [last - 1, last]]);
  });

  it('are let go of when the session ends, and come again with what the client has by then', async () => {
    const sessionId = randomUUID();
    const tokens = [{ claims: { sid: sessionId } }, { claims: { sid: randomUUID() } }];
    let asked = 0;
    const heard = listen(
      connect(() => world.token(tokens[Math.min(asked++, 1)]), 5),
      TICKS,
      { of: 'own' },
    );
    await ready();
    world.state.revoked.add(sessionId);
    await wait(() => asked === 2, 'another token');
    await ready();
    world.log.write();
    expect(await heard.has(1)).toMatchObject([{ data: { ticks: { count: world.log.lines.length } } }]);
    world.state.revoked.delete(sessionId);
  });

  it('tell at once that somebody listens, and let go of the upstream of who leaves', async () => {
    const { response, state, leave } = await open('text/event-stream', TICKS, { variables: { of: 'x' } });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    await wait(() => state.text === ':\n\n', 'the beginning');
    await ready();
    leave();
    await wait(() => world.log.open === 0, 'the end of the upstream');
  });

  it('are not begun by another site’s page: a GET without a header that tells is refused', async () => {
    const query = new URLSearchParams({ query: 'subscription { state }' }).toString();
    const plain = await world.send(`/graphql?${query}`, { headers: { accept: 'text/event-stream' } });
    expect([plain.status, plain.body.errors?.[0]?.extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
    const asked = await world.send(`/graphql?${query}`, { headers: { accept: 'text/event-stream', 'apollo-require-preflight': '1' } });
    expect(asked.text).toBe(
      ':\n\nevent: next\ndata: {"data":{"state":1}}\n\nevent: next\ndata: {"data":{"state":2}}\n\nevent: complete\ndata: \n\n',
    );
    const mutation = new URLSearchParams({ query: 'mutation { open(value: "x") { id } }' }).toString();
    const changed = await world.send(`/graphql?${mutation}`, { headers: { accept: 'text/event-stream', 'apollo-require-preflight': '1' } });
    expect([changed.status, changed.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('count with the sockets of their account', async () => {
    const id = randomUUID();
    const token = await world.token({ claims: { sub: id, sid: randomUUID() } });
    const lines = await Promise.all([1, 2, 3].map(() => open('text/event-stream', TICKS, { token, variables: { of: 'own' } })));
    const fourth = await open('text/event-stream', TICKS, { token, variables: { of: 'own' } });
    expect([fourth.response.status, fourth.response.headers.get('retry-after')]).toEqual([429, '5']);
    for (const { leave } of lines) leave();
  });
});

describe('answers in parts', () => {
  it('bring every event in Apollo’s protocol, to the last boundary', async () => {
    const { text, headers } = await world.send('/graphql', {
      method: 'POST',
      headers: { accept: MULTIPART, 'content-type': 'application/json' },
      body: '{"query":"subscription { state }"}',
    });
    expect(headers.get('content-type')).toBe('multipart/mixed;boundary="graphql";subscriptionSpec=1.0');
    const part = (json: string): string => `\r\ncontent-type: application/json\r\n\r\n${json}\r\n--graphql`;
    expect(text).toBe(`\r\n--graphql${part('{"payload":{"data":{"state":1}}}')}${part('{"payload":{"data":{"state":2}}}')}--\r\n`);
  });

  it('say why they end when their session does', async () => {
    const sessionId = randomUUID();
    const token = await world.token({ claims: { sid: sessionId } });
    const { state } = await open(MULTIPART, TICKS, { token, variables: { of: 'own' } });
    await ready();
    world.state.revoked.add(sessionId);
    await wait(() => state.isOver, 'the end');
    world.state.revoked.delete(sessionId);
    expect(state.text).toContain('{"payload":null,"errors":[{"message":"The access token is not accepted.');
    expect(state.text.endsWith('\r\n--graphql--\r\n')).toBe(true);
  });

  it('are for subscriptions: what else names them is answered in one piece', async () => {
    const { headers, body } = await world.post('{ whoami }', { headers: { accept: MULTIPART } });
    expect([headers.get('content-type'), body.data]).toEqual(['application/json; charset=utf-8', { whoami: null }]);
  });
});

describe('a gateway that stops', () => {
  it('lets go of its streams, whose clients come again', async () => {
    const other = await startWorld();
    const client = createClient({ url: `${other.url}/graphql`, retryAttempts: 0 });
    let end: unknown;
    client.subscribe(
      { query: TICKS, variables: { of: 'x' } },
      { next: () => undefined, error: (error) => { end = error; }, complete: () => { end = null; } }, // prettier-ignore
    );
    await wait(() => other.log.open === 1, 'an upstream');
    await other.stop();
    await wait(() => end !== undefined, 'the end');
    expect(end).not.toBeNull();
  });
});
