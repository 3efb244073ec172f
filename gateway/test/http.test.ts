import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../src/limits/limits.js';
import { PLAIN_ACCEPTS } from '../src/http/media-type.js';
import { gatewayServer } from '../src/http/messages.js';
import { startWorld, type World } from './world.js';

const TRUSTED = 'query Trusted($id: ID!) { thing(id: $id) { title } }';
const HASH = createHash('sha256').update(TRUSTED).digest('hex');
const manifest = {
  format: 'apollo-persisted-query-manifest',
  version: 1,
  operations: [{ id: HASH, name: 'Trusted', type: 'query', body: TRUSTED }],
};

let world: World;
beforeAll(async () => {
  world = await startWorld({ manifest });
});
afterAll(() => world.stop());

const json = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const preflight = { 'apollo-require-preflight': '1' };

describe('requests over HTTP', () => {
  it('run as GET when they are queries and come from no form', async () => {
    const query = encodeURIComponent('query ($id: ID!) { thing(id: $id) { title } }');
    const variables = encodeURIComponent('{"id":"t1"}');
    expect((await world.send(`/graphql?query=${query}&variables=${variables}`, { headers: preflight })).body).toEqual({
      data: { thing: { title: 'Title t1' } },
    });
    expect((await world.send(`/graphql?query=${query}&variables=${variables}`)).status).toBe(400);
  });

  it('never change anything as GET', async () => {
    world.fetches.length = 0;
    const { status } = await world.send(`/graphql?query=${encodeURIComponent('mutation { open(value: "x") { id } }')}`, {
      headers: preflight,
    });
    expect(status).toBe(405);
    expect(world.fetches).toEqual([]);
  });

  it.each([
    ['a list', json([{ query: '{ whoami }' }]), 400],
    ['no JSON', json('{'), 400],
    ['a string', json('"{ whoami }"'), 400],
    ['no operation', json({}), 400],
    ['an operation that is a number', json({ query: 1 }), 400],
    ['variables that are a list', json({ query: '{ whoami }', variables: [] }), 400],
    ['another operation name', json({ query: 'query A { whoami }', operationName: 'B' }), 400],
    ['several operations and no name', json({ query: 'query A { whoami } query B { whoami }' }), 400],
    ['a form', { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'query={whoami}' }, 400],
    ['plain text', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{"query":"{whoami}"}' }, 400],
    [
      'an odd character set',
      { method: 'POST', headers: { 'content-type': 'application/json; charset=utf-7' }, body: '{"query":"{whoami}"}' },
      415,
    ],
    ['another method', { method: 'DELETE' }, 405],
    ['a missing variable', json({ query: 'query ($id: ID!) { thing(id: $id) { id } }' }), 400],
    ['an unknown field', json({ query: '{ nothing }' }), 400],
    ['a subscription', json({ query: 'subscription { x }' }), 400],
  ] satisfies [string, RequestInit, number][])('are refused with %s', async (_what, init, expected) => {
    const { status, body } = await world.send('/graphql', init);
    expect(status).toBe(expected);
    expect(body.errors?.map(({ extensions }) => extensions)).toEqual([{ code: 'BAD_USER_INPUT' }]);
  });

  it.each([
    [
      'an odd character set with blanks',
      { 'content-type': 'application/json; charset = utf-16' },
      Buffer.from('{"query":"{ whoami }"}', 'utf16le'),
    ],
    ['an odd packing', { 'content-type': 'application/json', 'content-encoding': 'compress' }, '{"query":"{ whoami }"}'],
  ])('are refused with %s', async (_what, headers, body) => {
    expect((await world.send('/graphql', { method: 'POST', headers, body })).status).toBe(415);
  });

  it.each([
    ['a byte order mark', '\uFEFF{"query":"{ whoami }"}', {}],
    ['other letters', '{"query":"# é😀\\n{ whoami }"}', { 'content-type': 'application/json; charset="UTF-8"' }],
    ['packing', gzipSync('{"query":"{ whoami }"}'), { 'content-encoding': 'gzip' }],
  ])('run with %s', async (_what, body, headers) => {
    const { body: answer } = await world.send('/graphql', {
      ...json(''),
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
    expect(answer).toEqual({ data: { whoami: null } });
  });

  it('run however many pieces they come in', async () => {
    const socket = connect(world.gateway.port, '127.0.0.1');
    const head = 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    const answers = async (count: number): Promise<void> => {
      await expect.poll(() => text.match(/\{"data":\{"whoami":null\}\}/gu)?.length, { timeout: 20_000 }).toBe(count);
    };
    // The answer to the first tells that the head of the second is read by then.
    socket.write(`${head}content-length: 22\r\n\r\n{"query":"{ whoami }"}${head}content-length: 22\r\n\r\n{"query":`);
    await answers(1);
    socket.write(`"{ whoami }"}${head}transfer-encoding: chunked\r\n\r\n9\r\n{"query":\r\n`);
    await answers(2);
    socket.write('d\r\n"{ whoami }"}\r\n0\r\n\r\n');
    await answers(3);
    socket.destroy();
  });

  it('say once where live fields are served', async () => {
    const { text } = await world.post('subscription { state }');
    const message =
      'Subscriptions are served over WebSocket (graphql-transport-ws), as text/event-stream or as multipart/mixed;subscriptionSpec=1.0: name one in \\"accept\\".';
    expect(text).toBe(`{"errors":[{"message":"${message}","extensions":{"code":"BAD_USER_INPUT"}}]}\n`);
  });

  it('may be as large as said and no larger', async () => {
    const large = await world.send('/graphql', json({ query: '{ whoami }', junk: 'x'.repeat(DEFAULT_LIMITS.bodyBytes) }));
    expect([large.status, large.body.errors?.[0]?.extensions.code]).toEqual([413, 'COST_EXCEEDED']);
    const variables = await world.post('query ($id: ID!) { thing(id: $id) { id } }', { variables: { id: 'x'.repeat(100_001) } });
    expect([variables.status, variables.body.errors?.[0]?.extensions.code]).toEqual([400, 'COST_EXCEEDED']);
  });

  it('answer in the media type that is asked for', async () => {
    const ask = (accept: string, query: string) => world.post(query, { headers: { accept } });
    for (const query of ['{ whoami }', '{ nothing }']) {
      expect((await ask('application/graphql-response+json', query)).headers.get('content-type')).toContain(
        'application/graphql-response+json',
      );
      expect((await ask('application/json', query)).headers.get('content-type')).toContain('application/json');
    }
  });

  it.each(PLAIN_ACCEPTS)('answer whole data to whoever accepts "%s" as ApolloServer would', async (accept) => {
    const ask = (taken: string) => world.post('{ whoami }', { headers: { accept: taken } });
    await ask(accept);
    // A range that nobody has changes nothing but that the header has to be read.
    const answers = [await ask(accept), await ask(accept === '' ? 'x/y;q=0.1, */*' : `${accept}, x/y;q=0.1`)];
    const [plain, careful] = answers.map(({ status, text, headers }) => ({
      status,
      text,
      type: headers.get('content-type'),
      length: headers.get('content-length'),
      names: [...headers.keys()].toSorted(),
    }));
    expect(plain).toEqual(careful);
  });

  it('may come from the pages of other sites, which have no cookies to send along', async () => {
    const asked = {
      method: 'OPTIONS',
      headers: {
        origin: 'https://shop.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    };
    const { status, headers } = await world.send('/graphql', asked);
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    expect(headers.get('access-control-allow-headers')).toContain('authorization');
  });
});

describe('trusted documents', () => {
  it.each([
    ['as Apollo’s clients', { extensions: { persistedQuery: { version: 1, sha256Hash: HASH } } }],
    ['by documentId', { documentId: HASH }],
    ['by documentId with its algorithm', { documentId: `sha256:${HASH}` }],
  ])('run by their id %s', async (_how, sent) => {
    const { body } = await world.send('/graphql', json({ ...sent, variables: { id: 't2' } }));
    expect(body).toEqual({ data: { thing: { title: 'Title t2' } } });
  });

  it('run by GET, so that they can be cached', async () => {
    const extensions = encodeURIComponent(JSON.stringify({ persistedQuery: { version: 1, sha256Hash: HASH } }));
    const { body } = await world.send(`/graphql?extensions=${extensions}&variables=${encodeURIComponent('{"id":"t2"}')}`, {
      headers: preflight,
    });
    expect(body).toEqual({ data: { thing: { title: 'Title t2' } } });
  });

  it('are not taught by strangers', async () => {
    const query = '{ whoami }';
    const sha256Hash = createHash('sha256').update(query).digest('hex');
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    const unknown = await world.send('/graphql', json({ extensions }));
    expect([unknown.status, unknown.body]).toEqual([
      400,
      { errors: [{ message: 'No trusted document has this id.', extensions: { code: 'PERSISTED_QUERY_REQUIRED' } }] },
    ]);
    expect((await world.send('/graphql', json({ query, extensions }))).body).toEqual({ data: { whoami: null } });
    expect((await world.send('/graphql', json({ extensions }))).status).toBe(400);
  });
});

describe('beside the graph', () => {
  it('says that it lives, and what it waits for', async () => {
    expect((await world.send('/health/live')).body).toEqual({ status: 'live' });
    expect((await world.send('/health/ready')).body).toEqual({ status: 'ready' });
    world.state.dead.add('social');
    const waiting = await world.send('/health/ready');
    world.state.dead.clear();
    expect([waiting.status, waiting.body]).toEqual([503, { status: 'waiting', for: ['social'] }]);
  });

  it('counts by operations of the manifest and no other name', async () => {
    await world.post(TRUSTED, { variables: { id: 't1' } });
    await world.post('query Stranger { whoami }');
    const { text } = await world.send('/metrics');
    expect(text).toContain('plaza_gateway_request_seconds_count{operation="Trusted",outcome="ok"}');
    expect(text).toContain('operation="other"');
    expect(text).toContain('plaza_gateway_fetch_seconds_count{subgraph="accounts",outcome="answered"}');
    expect(text).not.toContain('Stranger');
  });

  it('shows developers an explorer, with or without the internet', async () => {
    const page = await world.send('/', { headers: { accept: 'text/html' } });
    expect(page.text).toContain('EmbeddedSandbox');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const sent = await world.send('/graphql', { headers: { accept: 'text/html' } });
    expect([sent.status, sent.headers.get('location')]).toEqual([302, '/']);
    const offline = await fetch(`${world.url}/graphiql`, { headers: { 'accept-encoding': 'gzip' } });
    expect(offline.headers.get('content-encoding')).toBe('gzip');
    const html = await offline.text();
    expect(html).toContain('YogaGraphiQL');
    expect(html).not.toMatch(/<(script|link)[^>]+(src|href)="https?:/u);
    expect(gunzipSync).toBeDefined();
  });

  it('answers the introspection query of every tool', async () => {
    const { body } = await world.post(
      getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true }),
    );
    expect(body.errors).toBeUndefined();
    expect(JSON.stringify(body.data)).not.toContain('"gate"');
  });

  it('has nothing else', async () => {
    expect((await world.send('/nothing')).status).toBe(404);
    expect((await world.send('/nothing')).headers.get('x-powered-by')).toBeNull();
  });
});

describe('limits of requests', () => {
  it('hold per address, and say when to come again', async () => {
    const narrow = await startWorld({ limits: { rate: { address: { requests: 3, seconds: 60 }, account: { requests: 0, seconds: 60 } } } });
    const answers = [];
    for (let i = 0; i < 4; i++) answers.push(await narrow.post('{ whoami }'));
    await narrow.stop();
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(answers.map(({ headers }) => headers.get('ratelimit-remaining'))).toEqual(['2', '1', '0', '0']);
    const last = answers[3];
    expect(last?.body.errors?.[0]?.extensions).toEqual({ code: 'RATE_LIMITED', retryAfter: Number(last?.headers.get('retry-after')) });
  });

  it('hold per account, wherever it comes from', async () => {
    const narrow = await startWorld({ limits: { rate: { address: { requests: 0, seconds: 60 }, account: { requests: 2, seconds: 60 } } } });
    const token = await narrow.token();
    const answers = [];
    for (let i = 0; i < 3; i++) answers.push(await narrow.post('{ whoami }', { token }));
    const guest = await narrow.post('{ whoami }');
    await narrow.stop();
    expect([...answers, guest].map(({ status }) => status)).toEqual([200, 200, 429, 200]);
  });

  describe('hold for how long a body may take', () => {
    let impatient: World;
    beforeAll(async () => {
      impatient = await startWorld({ limits: { bodyMs: 50 } });
    });
    afterAll(() => impatient.stop());

    /** All that comes until the gateway closes the line, which nobody but it does. */
    async function answerTo(bytes: string): Promise<string> {
      const socket = connect(impatient.gateway.port, '127.0.0.1');
      const chunks: Buffer[] = [];
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.on('error', () => undefined);
      socket.write(bytes);
      await once(socket, 'close');
      return Buffer.concat(chunks).toString('utf8');
    }
    const head = 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';

    it.each([
      ['of a length that it never reaches', `${head}content-length: 20\r\n\r\n{"query":`],
      ['that never begins', `${head}content-length: 20\r\n\r\n`],
      ['in pieces without a last one', `${head}transfer-encoding: chunked\r\n\r\n9\r\n{"query":\r\n`],
    ])('%s: it is answered 408, in the words of other refusals, and the line is closed', async (_what, bytes) => {
      const text = await answerTo(bytes);
      expect(text).toMatch(/^HTTP\/1\.1 408 /u);
      expect(text.match(/HTTP\/1\.1/gu)).toHaveLength(1);
      expect(text).toMatch(/^connection: close\r$/imu);
      expect(text.split('\r\n\r\n')[1]).toBe(
        `${JSON.stringify({ errors: [{ message: 'The request took too long to arrive.', extensions: { code: 'BAD_USER_INPUT' } }] })}\n`,
      );
    });
  });

  it('hold for what an answer may cost', async () => {
    const { status, body } = await world.post('{ things(first: 100) { friends { friends { friends { id } } } } }');
    expect([status, body.errors?.[0]?.extensions.code]).toEqual([400, 'COST_EXCEEDED']);
    expect(
      (await world.post('query ($n: Int!) { things(first: $n) { friends { friends { friends { id } } } } }', { variables: { n: 1 } }))
        .status,
    ).toBe(200);
  });
});

describe('in production', () => {
  let production: World;
  beforeAll(async () => {
    production = await startWorld({ profile: 'production' });
  });
  afterAll(() => production.stop());

  it('keeps the schema to itself', async () => {
    for (const query of ['{ __schema { types { name } } }', '{ __type(name: "Thing") { name } }']) {
      const { status, text } = await production.post(query);
      expect(status).toBe(400);
      expect(text).not.toContain('Thing"');
    }
    const { text } = await production.post('{ whoam }');
    expect(text).not.toContain('whoami');
    expect((await production.post('{ __typename }')).body).toEqual({ data: { __typename: 'Query' } });
  });

  it('has no pages', async () => {
    for (const path of ['/', '/graphiql']) expect((await production.send(path, { headers: { accept: 'text/html' } })).status).toBe(404);
    expect((await production.send('/graphql', { headers: { accept: 'text/html' } })).status).toBe(400);
  });
});

describe('its port', () => {
  it('is refused with the reason when it is taken', async () => {
    await expect(startWorld({ gateway: { port: world.gateway.port } })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('may be held by somebody else before', async () => {
    const server = gatewayServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const held = await startWorld({ gateway: { server } });
    expect(held.gateway.port).toBe((server.address() as AddressInfo).port);
    expect((await held.post('{ whoami }')).status).toBe(200);
    await held.stop();
  });

  it('is let go once what runs is done, and at the latest when the time is over', async () => {
    const ending = await startWorld();
    const socket = connect(ending.gateway.port, '127.0.0.1');
    await new Promise((done) => socket.once('connect', done));
    socket.on('error', () => undefined);
    socket.write('POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n');
    const startedAt = performance.now();
    await Promise.all([ending.stop(), ending.stop()]);
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    await expect(fetch(`${ending.url}/health/live`)).rejects.toThrow();
    socket.destroy();
  });
});
