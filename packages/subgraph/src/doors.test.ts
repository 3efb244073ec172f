import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request as sendHttp } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { Assertions, type Claims } from '@plaza/auth/assertion';
import { defineCall } from '@plaza/calls/call-contract';
import { asideOf } from '@plaza/calls/aside';
import { assertionBody, type LiveResult, type SubgraphPort } from '@plaza/calls/subgraph-port';
import { openDatabase } from '@plaza/db/database';
import type { EventEnvelope } from '@plaza/events/envelope';
import type { Consumer, EventBus } from '@plaza/events/event-bus';
import { badUserInput, Fault } from '@plaza/kernel/fault';
import { newId } from '@plaza/kernel/id';
import { type Span, traceTo } from '@plaza/telemetry/tracing';
import { createDatabases, type TestDatabases } from '@plaza/testing/databases';
import { TEST_SECRET, testHost, viewerClaims } from '@plaza/testing/subgraph-door';
import express from 'express';
import { GraphQLScalarType, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { answer } from './call-handler.js';
import { httpHost } from './http-host.js';
import { HttpPort } from './http-port.js';
import { markLive, NothingToTell } from './live-event.js';
import type { RequestScope } from './request-scope.js';
import { relayFor, type RunningSubgraph, runSubgraph } from './running-subgraph.js';

const typeDefs = parse(`
  scalar DateTime
  type Query { me: String time: DateTime refused: String broken: String busy: String later(at: DateTime!): String }
  type Subscription { count(to: Int!): Int! never: Int! }
`);
const resolvers = {
  DateTime: new GraphQLScalarType({
    name: 'DateTime',
    serialize: (value) => value,
    parseValue: (value) => {
      if (Number.isNaN(Date.parse(String(value)))) throw new TypeError('not a time');
      return new Date(String(value));
    },
  }),
  Query: {
    me: (_: unknown, _args: unknown, { viewer }: RequestScope) => viewer?.id ?? 'guest',
    time: () => new Date('2026-01-01T00:00:00.000Z'),
    refused: () => {
      throw badUserInput('first must be from 0 to 100.');
    },
    broken: () => {
      throw new Error('secret table "user" has no column "password"');
    },
    busy: () => {
      throw new Error('query failed', { cause: new Error('timeout exceeded when trying to connect') });
    },
    later: (_: unknown, { at }: { at: Date }) => at.toISOString(),
  },
};
const left: string[] = [];
const live = {
  count: {
    async *subscribe(_: unknown, { to }: { to: number }) {
      for (let n = 1; n <= to; n += 1) yield await Promise.resolve(n);
    },
    resolve(n: number, _args: unknown, context: RequestScope) {
      if (n % 3 === 0) throw new NothingToTell();
      markLive(context, { position: n });
      return n;
    },
  },
  never: {
    async *subscribe(_: unknown, _args: unknown, scope: RequestScope) {
      try {
        yield 1;
        await new Promise((resolve) => scope.left?.addEventListener('abort', resolve));
      } finally {
        left.push(scope.requestId);
      }
    },
    resolve: (n: number) => n,
  },
};
const double = defineCall('commerce', 'double', { input: z.object({ n: z.number() }), output: z.object({ n: z.number() }) });
const refuse = defineCall('commerce', 'refuse', { input: z.object({}), output: z.object({}) });
const fail = defineCall('commerce', 'fail', { input: z.object({}), output: z.object({}) });

const assertions = new Assertions(TEST_SECRET);
const viewer = viewerClaims();
const claims: Claims = { viewer, issuer: 'gateway', requestId: newId(), address: null, userAgent: null };
const sign = (body: string): string => assertions.mint(claims, 'commerce', body);

let databases: TestDatabases<'commerce'>;
let running: RunningSubgraph;
let server: ReturnType<typeof httpHost>;
let base: string;
let http: HttpPort;
/** As a log of events knows it. */
let taker: Consumer | undefined;
let afterEvents = 0;
/** What is away now of what fields need. */
const away = { bus: false, clock: false };

beforeAll(async () => {
  databases = await createDatabases(['commerce']);
  const host = testHost('commerce', databases.urls.commerce, '/nowhere');
  const database = openDatabase({ url: host.databaseUrl, prisma: () => ({ $disconnect: async () => {} }) });
  const routes = express.Router();
  routes.post(
    '/echo',
    express.text(),
    (request, response) => void response.status(201).set('x-echo', String(request.headers['x-ask'])).send(request.body),
  );
  const noticing: EventBus = {
    ...host.events,
    take(consumer) {
      taker = consumer;
      return host.events.take(consumer);
    },
  };
  running = runSubgraph(
    {
      name: 'commerce',
      schema: buildSubgraphSchema([{ typeDefs, resolvers: { ...resolvers, Subscription: live } }]),
      database,
      context: (scope) => scope,
      calls: [
        answer(double, async ({ n }) => ({ n: 2 * n })),
        answer(refuse, async () => {
          throw new Fault('RATE_LIMITED', 'Later.', { retryAfter: 7 });
        }),
        answer(fail, async () => {
          throw new Error('secret');
        }),
      ],
      reactions: [],
      afterEvents: async () => void (afterEvents += 1),
      dependences: [{ isAway: () => away.clock, stale: ['Query.time'], degraded: ['Query.later'] }],
      routes,
    },
    {
      ...host,
      events: noticing,
      bus: {
        get hearing() {
          return away.bus ? null : away;
        },
        publish: () => undefined,
        attach: async () => () => undefined,
      },
    },
    relayFor('commerce', database, host),
  );
  server = httpHost(running).listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  http = new HttpPort('commerce', base);
});

afterAll(async () => {
  http.close();
  server.close();
  await running.stop();
  await databases.drop();
});

/** Asks for the same three times in one turn where it is well signed, and answers with what all of them were told. */
const together: SubgraphPort = {
  name: 'commerce',
  async execute(request, assertion) {
    if (assertion !== sign(assertionBody.execute(request))) return http.execute(request, assertion);
    const answers = await Promise.all([1, 2, 3].map(async () => http.executeFor(request, { by: assertions, claims, told: {} })));
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    return answers[1] ?? {};
  },
  subscribe: (request, assertion) => http.subscribe(request, assertion),
  call: (name, input, assertion) => http.call(name, input, assertion),
  deliver: (deliveries, assertion) => http.deliver(deliveries, assertion),
  ready: () => http.ready(),
};

/** Says by the assertions that are checked with what would have been well signed. */
const unsigned: SubgraphPort = {
  name: 'commerce',
  execute: (request, assertion) =>
    assertion === sign(assertionBody.execute(request))
      ? running.executeFor(request, { by: assertions, claims, told: {} })
      : running.execute(request, assertion),
  subscribe: (request, assertion) => running.subscribe(request, assertion),
  call: (name, input, assertion) =>
    assertion === sign(assertionBody.call(name, input))
      ? running.callFor(name, input, { by: assertions, claims, told: {} })
      : running.call(name, input, assertion),
  deliver: (deliveries, assertion) => running.deliver(deliveries, assertion),
  ready: () => running.ready(),
};

const ports: readonly (readonly [string, () => SubgraphPort])[] = [
  ['in one process', () => running],
  ['in one process, unsigned', () => unsigned],
  ['over HTTP', () => http],
  ['over HTTP, with others in the same exchange', () => together],
];

describe.each(ports)('a subgraph %s', (_how, port) => {
  const execute = async (query: string, variables: Record<string, unknown> = {}): Promise<unknown> => {
    const request = { query, variables };
    return JSON.parse(JSON.stringify(await port().execute(request, sign(assertionBody.execute(request)))));
  };

  const subscribe = async (query: string, by: Claims = claims): Promise<AsyncIterableIterator<LiveResult>> => {
    const request = { query, variables: {} };
    const stream = await port().subscribe(request, assertions.mint(by, 'commerce', assertionBody.subscribe(request)));
    if (!(Symbol.asyncIterator in stream)) throw new Error(JSON.stringify(stream));
    return stream;
  };
  const guest: Claims = { ...claims, viewer: null };

  it('tells the events of a subscription that its subscriber may see, with what is marked on them', async () => {
    const told: unknown[] = [];
    for await (const event of await subscribe('subscription { count(to: 4) }', guest)) told.push(JSON.parse(JSON.stringify(event)));

    expect(told).toEqual([1, 2, 4].map((n) => ({ data: { count: n }, mark: { position: n, decidedAt: expect.any(Number) } })));
  });

  it('says why there is no stream', async () => {
    const request = { query: 'subscription { count }', variables: {} };
    const answered = await port().subscribe(request, sign(assertionBody.subscribe(request)));

    expect(answered).toHaveProperty('errors');
  });

  it('ends a stream whose subscriber leaves while nothing happens', async () => {
    const requestId = newId();
    const stream = await subscribe('subscription { never }', { ...guest, requestId });
    expect((await stream.next()).value).toMatchObject({ data: { never: 1 } });

    const cleared = vi.spyOn(globalThis, 'clearInterval');
    await stream.return?.();

    await vi.waitFor(() => expect(left).toContain(requestId));
    // Nothing of it is left that would hold the process.
    if (port() === http) await vi.waitFor(() => expect(cleared).toHaveBeenCalled());
    cleared.mockRestore();
  });

  it('ends a stream with UNAVAILABLE when it cannot tell what its subscriber may see', async () => {
    const stream = await subscribe('subscription { count(to: 4) }');

    await expect(stream.next()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('answers GraphQL for the viewer of the assertion', async () => {
    expect(await execute('{ me }')).toMatchObject({ data: { me: viewer.id } });
  });

  it('gives times as text', async () => {
    const request = { query: '{ time }', variables: {} };
    const { data } = await port().execute(request, sign(assertionBody.execute(request)));
    expect(data).toEqual({ time: '2026-01-01T00:00:00.000Z' });
  });

  it('answers nothing without an assertion for exactly this', async () => {
    const request = { query: '{ me }', variables: {} };
    const other = sign(assertionBody.execute({ query: '{ me time }', variables: {} }));
    const toOther = assertions.mint(claims, 'content', assertionBody.execute(request));
    for (const wrong of ['', 'nonsense', other, toOther]) {
      await expect(port().execute(request, wrong)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
      await expect(port().call(double.name, { n: 1 }, wrong)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
      await expect(port().deliver([], wrong)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
  });

  it('shows the code of a Fault and nothing of a bug', async () => {
    expect(await execute('{ refused broken }')).toMatchObject({
      data: { refused: null, broken: null },
      errors: expect.arrayContaining([
        { message: 'first must be from 0 to 100.', path: ['refused'], extensions: { code: 'BAD_USER_INPUT' } },
        { message: 'Something went wrong on our side.', path: ['broken'], extensions: { code: 'INTERNAL', errorId: expect.any(String) } },
      ]),
    });
  });

  it('blames a malformed time on the one who wrote it', async () => {
    expect(await execute('query($at: DateTime!) { later(at: $at) }', { at: 'noon' })).toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
    expect(await execute('{ later(at: "noon") }')).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  });

  it('says which fields need what is away, and nothing while all is there', async () => {
    const said = async (): Promise<unknown> => {
      const request = { query: '{ me }', variables: {} };
      return asideOf(await port().execute(request, sign(assertionBody.execute(request)))).amiss;
    };
    expect(await said()).toBeUndefined();
    away.clock = true;
    expect(await said()).toEqual({ stale: ['Query.time'], degraded: ['Query.later'] });
    away.clock = false;
    expect(await said()).toBeUndefined();
  });

  it('says with events that others are heard late', async () => {
    away.bus = true;
    const said: unknown[] = [];
    for await (const event of await subscribe('subscription { count(to: 1) }', guest)) said.push(asideOf(event).amiss);
    away.bus = false;

    expect(said).toEqual([{ stale: ['Subscription.count', 'Subscription.never'], degraded: [] }]);
  });

  it('answers calls, with the Faults that their handlers throw', async () => {
    expect(await port().call(double.name, { n: 21 }, sign(assertionBody.call(double.name, { n: 21 })))).toEqual({ n: 42 });
    await expect(port().call(refuse.name, {}, sign(assertionBody.call(refuse.name, {})))).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryAfter: 7,
    });
    await expect(port().call('commerce.no', {}, sign(assertionBody.call('commerce.no', {})))).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
  });

  it('says that it is unavailable, and no more, when a call or an event meets a bug', async () => {
    const events: EventEnvelope[] = [
      { id: newId(), type: 'nobody.cares', key: newId(), occurredAt: new Date().toISOString(), payload: {} },
    ];
    const unavailable = { code: 'UNAVAILABLE', message: 'commerce is unavailable.' };
    await expect(port().call(fail.name, {}, sign(assertionBody.call(fail.name, {})))).rejects.toMatchObject(unavailable);
    await expect(port().deliver(events, sign(assertionBody.deliver(events)))).rejects.toMatchObject(unavailable);
  });

  it('says whether it is ready', async () => {
    expect(await port().ready()).toBe(true);
  });
});

describe('in one process', () => {
  const request = { query: '{ me }', variables: {} };
  const visits = (by: Assertions, told = {}) =>
    [() => running.executeFor(request, { by, claims, told }), () => running.callFor(double.name, { n: 21 }, { by, claims, told })] as const;

  it('who has other assertions of the same secret signs', async () => {
    const [execute, call] = visits(new Assertions(TEST_SECRET));
    expect(await execute()).toMatchObject({ data: { me: viewer.id } });
    expect(await call()).toEqual({ n: 42 });
  });

  it('who has those of another is refused', async () => {
    for (const visit of visits(new Assertions(randomBytes(32)))) await expect(visit()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('nothing is begun when its time is over', async () => {
    for (const visit of visits(assertions, { deadline: Date.now() - 1 }))
      await expect(visit()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

describe('over HTTP', () => {
  it('a subgraph that is not there is unavailable', async () => {
    const nobody = new HttpPort('commerce', 'http://127.0.0.1:1');
    await expect(nobody.call(double.name, {}, '')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await nobody.ready()).toBe(false);
  });

  it('its routes can be handed on, and are away when it is', async () => {
    const front = express();
    front.use('/commerce', http.proxy);
    front.use('/away', new HttpPort('commerce', 'http://127.0.0.1:1').proxy);
    const listening = front.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    const url = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
    const response = await fetch(`${url}/commerce/echo?x=1`, {
      method: 'POST',
      body: 'hello',
      headers: { 'content-type': 'text/plain', 'x-ask': 'why' },
    });

    expect([response.status, response.headers.get('x-echo'), await response.text()]).toEqual([201, 'why', 'hello']);
    expect((await fetch(`${url}/away/echo`)).status).toBe(503);
    listening.close();
    listening.closeAllConnections();
  });

  it.each([
    ['/graphql', '{"query": 1}', 400],
    ['/graphql', 'nonsense', 400],
    ['/graphql/together', '{"query": "{ me }", "variables": {}}', 400],
    ['/graphql/together', '[]', 400],
    ['/graphql/together', JSON.stringify(Array.from({ length: 17 }, () => ({ query: '{ me }', variables: {} }))), 400],
    ['/graphql/together', JSON.stringify([1, 2].map(() => ({ query: '{ me }', variables: {} }))), 401],
    ['/events', '[{}]', 400],
    ['/calls/%', '{}', 400],
    ['/elsewhere', '{}', 404],
  ])('POST %s of %s answers %i', async (path, body, status) => {
    expect((await fetch(base + path, { method: 'POST', body, headers: { 'x-plaza-assertion': 'nonsense' } })).status).toBe(status);
  });

  it.each(['/graphql', '/graphql/together', '/subscriptions', '/events', '/calls/commerce.double'])(
    'POST %s reads nothing that nobody signed',
    async (path) => {
      const asked = sendHttp(base + path, { method: 'POST', headers: { 'content-length': 1_000 } }).on('error', () => undefined);
      asked.flushHeaders();
      const [{ statusCode }] = (await once(asked, 'response')) as [IncomingMessage];
      expect(statusCode).toBe(401);
      asked.destroy();
    },
  );

  describe('several requests under one assertion', () => {
    const requests = ['{ me }', '{ me time }'].map((query) => ({ query, variables: {} }));
    const body = Buffer.from(JSON.stringify(requests));
    const mine = { by: assertions, claims, told: {} };
    const guests = { by: assertions, claims: { ...claims, viewer: null }, told: {} };
    const post = async (assertion: string, sent = body): Promise<{ readonly status: number; readonly text: string }> => {
      const response = await fetch(`${base}/graphql/together`, { method: 'POST', body: sent, headers: { 'x-plaza-assertion': assertion } });
      return { status: response.status, text: await response.text() };
    };

    it('are each answered for their own viewer', async () => {
      const { status, text } = await post(assertions.mintTogether([guests, mine], 'commerce', body));
      expect(status).toBe(200);
      const lines = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
      expect(lines).toContainEqual([0, 200, { data: { me: 'guest' } }]);
      expect(lines).toContainEqual([1, 200, { data: { me: viewer.id, time: expect.anything() } }]);
    });

    it('are each refused by themselves when their time is over', async () => {
      const late = { ...mine, told: { deadline: Date.now() - 1 } };
      const { status, text } = await post(assertions.mintTogether([late, mine], 'commerce', body));
      expect(status).toBe(200);
      expect(text).toContain('[0,503,');
      expect(text).toContain('[1,200,');
    });

    it.each([
      ['for other requests', () => post(assertions.mintTogether([mine, mine], 'commerce', Buffer.from('[]')))],
      [
        'in another order',
        () => post(assertions.mintTogether([mine, mine], 'commerce', body), Buffer.from(JSON.stringify(requests.toReversed()))),
      ],
      ['of another subgraph', () => post(assertions.mintTogether([mine, mine], 'content', body))],
      ['for fewer of them', () => post(assertions.mintTogether([mine], 'commerce', body))],
      ['for more of them', () => post(assertions.mintTogether([mine, mine, mine], 'commerce', body))],
      ['for one of them, each', () => post(requests.map((request) => sign(assertionBody.execute(request))).join(','))],
      ['for one, over all of them', () => post(sign(body.toString()))],
    ])('that is %s opens nothing', async (_what, sent) => {
      expect((await sent()).status).toBe(401);
    });

    it('is none for one request', async () => {
      const [request = { query: '', variables: {} }] = requests;
      const meant = assertions.mintTogether([mine], 'commerce', Buffer.from(assertionBody.execute(request)));
      await expect(running.execute(request, meant)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    });
  });

  it('health and metrics need no assertion', async () => {
    expect((await fetch(`${base}/health/live`)).status).toBe(200);
    expect(await (await fetch(`${base}/metrics`)).text()).toContain(
      'plaza_subgraph_duration_seconds_count{subgraph="commerce",door="execute"',
    );
  });
});

describe('a visit', () => {
  const visit = (query: string, more: Partial<Claims> = {}) => {
    const request = { query, variables: {} };
    return running.execute(request, assertions.mint({ ...claims, ...more }, 'commerce', assertionBody.execute(request)));
  };

  it('is not begun when nobody waits for its answer any more', async () => {
    await expect(visit('{ me }', { deadline: Date.now() - 1 })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect((await visit('{ me }', { deadline: Date.now() + 60_000 })).data).toEqual({ me: viewer.id });
  });

  it('that found no connection to the database is UNAVAILABLE and no bug', async () => {
    const { errors } = await visit('{ busy }');
    expect(errors?.map(({ extensions, path }) => [extensions['code'], path])).toEqual([['UNAVAILABLE', ['busy']]]);
  });

  it('is a part of the trace that asks', async () => {
    const spans: Span[] = [];
    traceTo({ take: (span) => spans.push(span), stop: () => Promise.resolve() });
    await visit('{ me }', { span: '00f067aa0ba902b7' });
    traceTo(null);
    expect(spans).toMatchObject([
      { name: 'commerce execute', kind: 2, parentSpanId: '00f067aa0ba902b7', traceId: claims.requestId.replaceAll('-', '') },
    ]);
  });
});

describe('an answer over HTTP', () => {
  it.each([
    ['is none', '<html>'],
    ['is a list', '[]'],
    ['holds data that is none', '{"data":"x"}'],
    ['holds errors that are none', '{"data":null,"errors":["x"]}'],
    ['is too large', JSON.stringify({ data: { me: 'x'.repeat(9_000_000) } })],
  ])('that %s is UNAVAILABLE', async (_what, text) => {
    const other = createServer((_request, response) => response.end(text));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const port = new HttpPort('commerce', `http://127.0.0.1:${(other.address() as AddressInfo).port}`);
    await expect(port.execute({ query: '{ me }', variables: {} }, '')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    port.close();
    other.close();
  });
});

describe('what reactions leave to be done', () => {
  it('is done at once, whether events come to the door or from a log', async () => {
    const before = afterEvents;
    await running.deliver([], sign(assertionBody.deliver([])));
    expect(afterEvents).toBe(before + 1);
    await taker?.take([]);
    expect(afterEvents).toBe(before + 2);
  });
});
