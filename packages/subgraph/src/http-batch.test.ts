import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Assertions, type Claims } from '@plaza/auth/assertion';
import { assertionBody, type PortResult, type SubgraphRequest } from '@plaza/calls/subgraph-port';
import { Fault } from '@plaza/kernel/fault';
import { afterEach, describe, expect, it } from 'vitest';
import { MOST_TOGETHER } from './http-batch.js';
import { HttpPort } from './http-port.js';

/** What came in one exchange. */
interface Exchange {
  readonly path: string;
  /** Of each request the browser that its claims name. */
  readonly browsers: readonly (string | null)[];
  readonly requests: readonly SubgraphRequest[];
}

type Manner = (exchange: Exchange, response: ServerResponse) => void;

const assertions = new Assertions(Buffer.alloc(32, 1));
const claimsOf = (userAgent: string): Claims => ({ viewer: null, issuer: 'gateway', requestId: 'r', address: null, userAgent });
const asked = (name: string): SubgraphRequest => ({ query: `query { ${name} }`, variables: {} });
const nameIn = ({ query }: SubgraphRequest): string => /\{ (\w+) \}/u.exec(query)?.[1] ?? '';
const answerTo = (request: SubgraphRequest): object => ({ data: { [nameIn(request)]: 'told' } });
const line = (index: number, body: object, status = 200): string => `${JSON.stringify([index, status, body])}\n`;

/** Answers all at once, alone or together. */
const answersAll: Manner = ({ path, requests }, response) => {
  const [first] = requests;
  response.end(
    path === '/graphql' && first !== undefined
      ? JSON.stringify(answerTo(first))
      : requests.map((request, index) => line(index, answerTo(request))).join(''),
  );
};

const open: { readonly server: Server; readonly port: HttpPort }[] = [];

afterEach(() => {
  for (const { server, port } of open.splice(0)) {
    port.close();
    server.closeAllConnections();
    server.close();
  }
});

/** A subgraph that does with an exchange what the test says. */
async function subgraph(manner: Manner): Promise<{ readonly port: HttpPort; readonly exchanges: Exchange[] }> {
  const exchanges: Exchange[] = [];
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const bytes = await buffer(incoming);
    const body = JSON.parse(bytes.toString('utf8')) as SubgraphRequest | SubgraphRequest[];
    const assertion = String(incoming.headers['x-plaza-assertion']);
    const claims = Array.isArray(body)
      ? assertions.verifyTogether(assertion, 'commerce', bytes)
      : [assertions.verify(assertion, 'commerce', assertionBody.execute(body))];
    const browsers = claims.map(({ userAgent }) => userAgent);
    const exchange = { path: incoming.url ?? '', browsers, requests: [body].flat() };
    exchanges.push(exchange);
    manner(exchange, response);
  };
  const server = createServer((incoming, response) => void answer(incoming, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = new HttpPort('commerce', `http://127.0.0.1:${(server.address() as AddressInfo).port}`); // it listens on a port
  open.push({ server, port });
  return { port, exchanges };
}

const askFor = (port: HttpPort, request: SubgraphRequest, browser: string): Promise<PortResult> =>
  port.executeFor(request, { by: assertions, claims: claimsOf(browser), told: {} });
const ask = (port: HttpPort, name: string): Promise<PortResult> => askFor(port, asked(name), `for-${name}`);
const outcome = (work: Promise<PortResult>): Promise<unknown> =>
  work.then(
    ({ data }) => data,
    (error: unknown) => (error instanceof Fault ? error.code : error),
  );

describe('queries that leave in one turn', () => {
  it('go in one exchange, each with its own claims, and each has its own answer', async () => {
    const { port, exchanges } = await subgraph(answersAll);

    const answers = await Promise.all(['a', 'b', 'c'].map((name) => ask(port, name)));

    expect(answers.map(({ data }) => data)).toEqual([{ a: 'told' }, { b: 'told' }, { c: 'told' }]);
    expect(exchanges).toEqual([
      { path: '/graphql/together', browsers: ['for-a', 'for-b', 'for-c'], requests: [asked('a'), asked('b'), asked('c')] },
    ]);
  });

  it('go as if there were no other when there is none', async () => {
    const { port, exchanges } = await subgraph(answersAll);

    await ask(port, 'a');
    await ask(port, 'b');

    expect(exchanges.map(({ path }) => path)).toEqual(['/graphql', '/graphql']);
  });

  it('go in several exchanges when they are many', async () => {
    const { port, exchanges } = await subgraph(answersAll);
    const names = Array.from({ length: 2 * MOST_TOGETHER + 1 }, (_, index) => `n${index}`);

    const answers = await Promise.all(names.map((name) => ask(port, name)));

    expect(answers.map(({ data }) => data)).toEqual(names.map((name) => ({ [name]: 'told' })));
    expect(exchanges.map(({ requests }) => requests.length).toSorted((a, b) => a - b)).toEqual([1, MOST_TOGETHER, MOST_TOGETHER]);
  });

  it('go in several exchanges when their claims are too long for one header', async () => {
    const { port, exchanges } = await subgraph(answersAll);
    const long = (name: string): Promise<PortResult> => askFor(port, asked(name), `for-${name}-${'x'.repeat(4_000)}`);

    const answers = await Promise.all(['a', 'b', 'c'].map(long));

    expect(answers.map(({ data }) => data)).toEqual([{ a: 'told' }, { b: 'told' }, { c: 'told' }]);
    expect(exchanges.map(({ requests }) => requests.length).toSorted((a, b) => a - b)).toEqual([1, 2]);
  });

  it.each([
    ['letters of English', 'told', { isPlain: true, isAscii: true }],
    ['other letters', 'erzählt', { isPlain: true, isAscii: false }],
    ['other letters as escapes', String.raw`erz\u00e4hlt`, { isPlain: false, isAscii: false }],
    ['a quote', String.raw`\"told\"`, { isPlain: false, isAscii: false }],
  ])('say of an answer with %s what it is made of, alone or together', async (_what, told, seen) => {
    const { port } = await subgraph(({ path, requests }, response) => {
      const body = `{"data":{"a":"${told}"}}`;
      response.end(path === '/graphql' ? body : requests.map((_request, index) => `[${index},200,${body}]\n`).join(''));
    });
    const expected = { data: { a: JSON.parse(`"${told}"`) as string }, ...seen };

    expect(await ask(port, 'a')).toEqual(expected);
    expect(await Promise.all([ask(port, 'a'), ask(port, 'a')])).toEqual([expected, expected]);
  });

  it('do not take a mutation along', async () => {
    const { port, exchanges } = await subgraph(answersAll);
    const mutation = { query: 'mutation { buy }', variables: {} };

    await Promise.all([ask(port, 'a'), askFor(port, mutation, 'for-buy'), ask(port, 'b')]);

    expect(exchanges.find(({ browsers }) => browsers.includes('for-buy'))).toEqual({
      path: '/graphql',
      browsers: ['for-buy'],
      requests: [mutation],
    });
  });

  it('do not wait for each other', async () => {
    let finish = (): void => undefined;
    const { port } = await subgraph((_exchange, response) => {
      response.write(line(1, { data: { b: 'told' } }));
      finish = () => response.end(line(0, { data: { a: 'told' } }));
    });
    const [slow, quick] = ['a', 'b'].map((name) => ask(port, name));

    expect((await quick)?.data).toEqual({ b: 'told' });
    finish();
    expect((await slow)?.data).toEqual({ a: 'told' });
  });

  it('are refused one by one', async () => {
    const { port } = await subgraph((_exchange, response) =>
      response.end(
        line(0, { code: 'RATE_LIMITED', message: 'Later.' }, 429) + line(1, { data: { b: 'told' } }) + line(2, { nothing: 'of the kind' }),
      ),
    );

    const outcomes = await Promise.all(['a', 'b', 'c'].map((name) => outcome(ask(port, name))));

    expect(outcomes).toEqual(['RATE_LIMITED', { b: 'told' }, 'UNAVAILABLE']);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['ends before all is said', (response) => response.end()],
    ['breaks', (response) => setImmediate(() => response.destroy())],
    ['is no JSON', (response) => response.end('no line of an answer\n')],
    ['speaks of a request that was not made', (response) => response.end(line(7, { data: null }))],
    ['says the same twice', (response) => response.end(line(0, { data: { a: 'otherwise' } }))],
    ['never comes to the end of a line', (response) => response.end(`[1,200,"${'x'.repeat(9 * 1_048_576)}`)],
  ])('keep the answers that they have when the exchange %s', async (_how, end) => {
    const { port } = await subgraph((_exchange, response) => {
      response.write(line(0, { data: { a: 'told' } }));
      setImmediate(() => end(response));
    });

    expect(await Promise.all(['a', 'b'].map((name) => outcome(ask(port, name))))).toEqual([{ a: 'told' }, 'UNAVAILABLE']);
  });

  it('go one by one to a subgraph that does not know how to take them together', async () => {
    const { port, exchanges } = await subgraph((exchange, response) => {
      if (exchange.path === '/graphql') answersAll(exchange, response);
      else response.writeHead(404).end();
    });
    const both = (): Promise<unknown> => Promise.all(['a', 'b'].map((name) => outcome(ask(port, name))));

    expect(await both()).toEqual([{ a: 'told' }, { b: 'told' }]);
    expect(await both()).toEqual([{ a: 'told' }, { b: 'told' }]);
    // It is not asked again at once.
    expect(exchanges.map(({ path }) => path)).toEqual(['/graphql/together', '/graphql', '/graphql', '/graphql', '/graphql']);
  });
});
