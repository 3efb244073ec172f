import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from 'graphql-ws';
import { client, listen, rawSocket, wait } from './socket-client.js';
import { startWorld, type World } from './world.js';

const TICKS = 'subscription ($of: ID!, $after: String) { ticks(of: $of, after: $after) { cursor count } }';

let world: World;
const open: Client[] = [];
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
afterEach(async () => {
  for (const socket of open.splice(0)) await socket.dispose();
  await wait(() => world.log.open === 0, 'the end of every upstream');
});
const connect = (...given: Parameters<typeof client> extends [World, ...infer Rest] ? Rest : never): Client => {
  const socket = client(world, ...given);
  open.push(socket);
  return socket;
};
const ready = (count = 1): Promise<void> => wait(() => world.log.open >= count, 'an upstream');

describe('a subscription', () => {
  it('brings fields of three subgraphs in every event', async () => {
    const heard = listen(connect(), 'subscription { ticks(of: "x") { count thing { id title name } } }');
    await ready();
    world.log.write({ thing: 't1' });
    world.log.write({ thing: 't2' });
    const count = world.log.lines.length;
    expect(await heard.has(2)).toEqual([
      { data: { ticks: { count: count - 1, thing: { id: 't1', title: 'Title t1', name: 'Name of t1' } } } },
      { data: { ticks: { count, thing: { id: 't2', title: 'Title t2', name: 'Name of t2' } } } },
    ]);
  });

  it('keeps the client’s aliases, none of which becomes a key', async () => {
    const heard = listen(connect(), 'subscription { t: ticks(of: "x") { id: count thing { id: title gate: id key: name } } }');
    await ready();
    world.log.write({ thing: 't3' });
    const [event] = await heard.has(1);
    expect(event).toEqual({ data: { t: { id: world.log.lines.length, thing: { id: 'Title t3', gate: 't3', key: 'Name of t3' } } } });
  });

  it('masks the errors of an event, and goes on', async () => {
    const heard = listen(connect(), 'subscription { e: ticks(of: "x") { count b: breaks } }');
    await ready();
    world.log.write();
    world.log.write();
    const [event] = await heard.has(2);
    expect(event?.errors).toEqual([
      { message: 'Something went wrong on our side.', path: ['e', 'b'], extensions: { code: 'INTERNAL', errorId: expect.any(String) } },
    ]);
    expect(JSON.stringify(heard.events)).not.toMatch(/SELECT|postgres/u);
  });

  it('gives null and an error where a subgraph is away', async () => {
    const heard = listen(connect(), 'subscription { ticks(of: "x") { count thing { name } } }');
    await ready();
    world.state.dead.add('social');
    world.log.write();
    const [event] = await heard.has(1);
    world.state.dead.delete('social');
    expect(event).toMatchObject({
      data: { ticks: { thing: { name: null } } },
      errors: [{ path: ['ticks', 'thing', 'name'], extensions: { code: 'UNAVAILABLE' } }],
    });
  });

  it('looks at each event with the viewer’s epoch of its moment, and tells nothing of what is hidden', async () => {
    const author = randomUUID();
    const heard = listen(connect(await world.token()), 'subscription { ticks(of: "x") { count seenBy thing { epoch } } }');
    await ready();
    world.log.write({ author });
    await heard.has(1);
    world.state.epoch = 7;
    world.log.write({ author });
    const count = world.log.lines.length;
    await heard.has(2);
    world.log.block(author, world.viewer.id);
    world.log.write({ author });
    world.log.write();
    expect((await heard.has(3)).slice(1)).toEqual([
      { data: { ticks: { count, seenBy: `${world.viewer.id} 7`, thing: { epoch: 7 } } } },
      { data: { ticks: { count: count + 2, seenBy: `${world.viewer.id} 7`, thing: { epoch: 7 } } } },
    ]);
    world.state.epoch = 1;
  });

  it('is refused to guests where it is for members, and is theirs where not', async () => {
    const refused = listen(connect(), 'subscription { m: memberTicks { count } }');
    expect(await refused.ended()).toMatchObject([{ message: 'Sign in first.', path: ['m'], extensions: { code: 'UNAUTHENTICATED' } }]);
    const member = listen(connect(await world.token()), 'subscription { memberTicks { count } }');
    await ready();
    world.log.write();
    expect(await member.has(1)).toHaveLength(1);
  });

  it('says what does not run as an error, by the same rules as over HTTP', async () => {
    const socket = connect();
    const ends = await Promise.all(
      [
        'subscription { nothing }',
        'subscription { ...S } fragment S on Subscription { state }',
        'subscription { state @skip(if: true) }',
        `subscription { ticks(of: "x") { thing { ${'friends { '.repeat(16)} id ${'}'.repeat(16)} } } }`,
      ].map((query) => listen(socket, query).ended()),
    );
    expect(ends.map((errors) => (errors as { extensions: { code: string } }[])[0]?.extensions.code)).toEqual([
      'BAD_USER_INPUT',
      'BAD_USER_INPUT',
      'BAD_USER_INPUT',
      'COST_EXCEEDED',
    ]);
    const variables = listen(socket, TICKS, { of: 'x', after: 'y'.repeat(200_000) });
    expect(await variables.ended()).toMatchObject([{ extensions: { code: 'COST_EXCEEDED' } }]);
  });

  it('completes when there is no more, and answers for what is hidden as for what is not there', async () => {
    const socket = connect();
    const state = listen(socket, 'subscription { state }');
    expect(await state.ended()).toBeUndefined();
    expect(state.events).toEqual([{ data: { state: 1 } }, { data: { state: 2 } }]);
    const [missing, hidden] = ['missing', 'members'].map((of) => listen(socket, TICKS, { of }));
    await missing?.ended();
    await hidden?.ended();
    expect(missing?.events).toMatchObject([{ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] }]);
    expect(JSON.stringify(hidden?.events)).toBe(JSON.stringify(missing?.events));
  });

  it('over plain HTTP is one BAD_USER_INPUT', async () => {
    const { status, body } = await world.post('subscription { state }');
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('outlives the break of its upstream: the client does not notice', async () => {
    const heard = listen(connect(await world.token()), 'subscription { ticks(of: "x") { count seenBy } }');
    await ready();
    world.log.write();
    await heard.has(1);
    world.log.broken = true;
    world.log.write();
    await wait(() => world.log.open === 0, 'the break');
    world.log.write();
    world.log.broken = false;
    world.log.write();
    const count = world.log.lines.length;
    await heard.has(4);
    expect(heard.events.map(({ data }) => data?.['ticks'])).toMatchObject([3, 2, 1, 0].map((n) => ({ count: count - n })));
    expect(heard.end).toBeUndefined();
  });

  it('resumes with the stock client after its socket was cut', async () => {
    let seen: string | null = null;
    const socket = connect(undefined, 5);
    const events: number[] = [];
    const stop = socket.subscribe<{ ticks: { cursor: string; count: number } }>(
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
    socket.terminate();
    for (let i = 0; i < 3; i += 1) world.log.write();
    await wait(() => events.length >= 6, 'six events');
    expect(events).toEqual([0, 1, 2, 3, 4, 5].map((n) => first + n));
    stop();
  });
});

describe('a socket', () => {
  it('runs queries and mutations through the same door', async () => {
    const token = await world.token();
    const socket = connect(token);
    const query = listen(socket, '{ whoami breaks }');
    await query.ended();
    expect(query.events).toMatchObject([
      { data: { whoami: world.viewer.id, breaks: null }, errors: [{ extensions: { code: 'INTERNAL' } }] },
    ]);
    const mutation = listen(socket, 'mutation { change(value: "x") { name } }');
    await mutation.ended();
    expect(mutation.events).toEqual([{ data: { change: { name: 'Name of t1' } } }]);
  });

  it('of a session that is revoked is closed, with a code that its client comes back after', async () => {
    const closes: number[] = [];
    const sessionId = randomUUID();
    const heard = listen(connect(await world.token({ claims: { sid: sessionId } }), 0, closes), 'subscription { memberTicks { count } }');
    await ready();
    const began = Date.now();
    world.state.revoked.add(sessionId);
    await heard.ended();
    expect(Date.now() - began).toBeLessThan(30_000);
    expect(closes).toEqual([4403]);
  });

  it('ends with its token, and goes on with a fresh one', async () => {
    const closes: number[] = [];
    let lifetimeSeconds = 60;
    const heard = listen(
      connect(() => world.token({ lifetimeSeconds }), 3, closes),
      'subscription { memberTicks { seenBy } }',
    );
    await ready();
    lifetimeSeconds = 600;
    world.state.now += 61_000;
    await wait(() => world.log.readers.length > 1 && closes.length > 0 && world.log.open === 1, 'another upstream');
    expect(closes).toEqual([4403]);
    world.log.write();
    expect(await heard.has(1)).toHaveLength(1);
  });

  it('is told nothing once its token is over, even before it is closed', async () => {
    const heard = listen(connect(await world.token({ lifetimeSeconds: 60 })), 'subscription { memberTicks { count } }');
    await ready();
    world.state.now += 61_000;
    world.log.write();
    await heard.ended();
    expect(heard.events).toEqual([]);
  });

  it('is refused with a token that does not hold', async () => {
    const closes: number[] = [];
    await listen(connect('nonsense', 0, closes), 'subscription { state }').ended();
    expect(closes).toEqual([4403]);
  });

  it('needs the subprotocol, and an origin that may', async () => {
    const strict = await startWorld({ gateway: { corsOrigins: ['https://plaza.example'] } });
    const unknown = await rawSocket(world, []);
    await wait(() => unknown.state.close !== null, 'the end');
    expect(unknown.state.close).toBe(4406);
    expect((await rawSocket(strict, 'graphql-transport-ws', { origin: 'https://evil.example' })).state.refused).toBe(403);
    for (const origin of ['https://plaza.example', strict.url]) {
      const { socket, state } = await rawSocket(strict, 'graphql-transport-ws', { origin });
      expect(state.refused).toBeNull();
      socket.terminate();
    }
    await strict.stop();
  });

  it('keeps to the protocol: init first, once and in time, text that is JSON, one operation an id', async () => {
    const codes = async (...messages: unknown[]): Promise<number | null> => {
      const { socket, say, state, messages: heard } = await rawSocket(world);
      for (const message of messages) {
        if (message instanceof Buffer) socket.send(message);
        else if (typeof message === 'string') socket.send(message);
        else say(message);
        if ((message as { type?: string }).type === 'connection_init') await wait(() => heard.length > 0 || state.close !== null, 'an ack');
      }
      await wait(() => state.close !== null, 'the close');
      return state.close;
    };
    const init = { type: 'connection_init' };
    const subscribe = { type: 'subscribe', id: '1', payload: { query: TICKS, variables: { of: 'x' } } };
    expect(await codes(subscribe)).toBe(4401);
    expect(await codes(init, init)).toBe(4429);
    expect(await codes('nonsense')).toBe(4400);
    expect(await codes(Buffer.from('{}'))).toBe(4400);
    expect(await codes(init, subscribe, subscribe)).toBe(4409);
    expect(await codes(init, { ...subscribe, payload: { query: 'x'.repeat(300_000) } })).toBe(1009);
  });
});

describe('limits of sockets', () => {
  it('hold for time, address, account, operations and requests', async () => {
    const narrow = await startWorld({
      limits: {
        sockets: { perAddress: 3, perAccount: 1, operations: 2, messages: 20, initMs: 100, bufferedBytes: 1_000_000 },
        rate: { address: { requests: 4, seconds: 60 }, account: { requests: 0, seconds: 60 } },
      },
    });
    const silent = await rawSocket(narrow);
    await wait(() => silent.state.close !== null, 'the close');
    expect(silent.state.close).toBe(4408);

    const authorization = `Bearer ${await narrow.token()}`;
    const init = { type: 'connection_init', payload: { authorization } };
    const first = await rawSocket(narrow);
    first.say(init);
    await wait(() => first.messages.length === 1, 'the ack');
    const second = await rawSocket(narrow);
    second.say(init);
    await wait(() => second.state.close !== null, 'the close');
    expect(second.state.close).toBe(1013);

    const ask = (id: string) => first.say({ type: 'subscribe', id, payload: { query: 'subscription { ticks(of: "x") { seenBy } }' } });
    for (const id of ['a', 'b']) ask(id);
    await wait(() => narrow.log.open === 2, 'two upstreams');
    ask('c');
    await wait(() => first.messages.length === 2, 'an error');
    expect(first.messages[1]).toMatchObject({ id: 'c', type: 'error', payload: [{ extensions: { code: 'RATE_LIMITED' } }] });
    first.say({ type: 'complete', id: 'a' });
    await wait(() => narrow.log.open === 1, 'one upstream');
    for (const id of ['d', 'e', 'f']) {
      first.say({ type: 'subscribe', id, payload: { query: 'subscription { state }' } });
      await wait(() => first.messages.some((message) => message.id === id && message.type !== 'next'), 'an answer');
    }
    expect(first.messages.at(-1)).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'RATE_LIMITED', retryAfter: expect.any(Number) } }],
    });

    const others = [await rawSocket(narrow), await rawSocket(narrow), await rawSocket(narrow)];
    expect(others.map(({ state }) => state.refused)).toEqual([null, null, 429]);
    for (let n = 0; n < 25; n += 1) first.say({ type: 'ping' });
    await wait(() => first.state.close !== null, 'the close');
    expect(first.state.close).toBe(4429);
    await narrow.stop();
  });
});

describe('a gateway that leaves', () => {
  it('sends its sockets away with a code that clients come back after, and takes new ones', async () => {
    const closes: number[] = [];
    const heard = listen(connect(undefined, 0, closes), TICKS, { of: 'x' });
    await ready();
    const late = await rawSocket(world);
    await world.gateway.leave(20);
    await heard.ended();
    await wait(() => late.state.close !== null, 'the close of the other one');
    expect([...closes, late.state.close]).toEqual([1012, 1012]);
    await wait(() => world.log.open === 0, 'the end of the upstream');

    const again = listen(connect(), TICKS, { of: 'x' });
    await ready();
    world.log.write();
    await again.has(1);
  });
});

describe('a gateway that stops', () => {
  it('lets queries finish, closes sockets with a code that clients come back after, and ends every upstream', async () => {
    const other = await startWorld({ gateway: { drainMs: 1_000 } });
    const closes: number[] = [];
    const heard = listen(client(other, undefined, 0, closes), TICKS, { of: 'x' });
    const stubborn = await rawSocket(other);
    stubborn.socket.pause();
    await wait(() => other.log.open === 1, 'an upstream');
    const began = Date.now();
    await other.stop();
    expect(Date.now() - began).toBeLessThan(30_000);
    await heard.ended();
    expect(closes).toEqual([1012]);
    expect(other.log.open).toBe(0);
  });
});
