import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Client } from 'graphql-ws';
import type { Gauge } from 'prom-client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_LIMITS } from '../src/limits/limits.js';
import { graphGeneration, openSubscriptions } from '../src/metrics.js';
import { TrustedDocuments } from '../src/operations/trusted-documents.js';
import type { Graph } from '../src/graph.js';
import { client, type Heard, listen, wait } from './socket-client.js';
import { smallSupergraph } from './small-graph.js';
import { composedOnce, startWorld, type World, type WorldOptions } from './world.js';

// Ends what hangs. How fast a machine is, it does not judge.
vi.setConfig({ testTimeout: 300_000 });

const withoutText = smallSupergraph((typeDefs) => typeDefs.replace('text: String @tag(name: "everybody")', ''));
const withoutName = smallSupergraph((typeDefs) => typeDefs.replace('name: String @tag(name: "everybody")', ''));
const withoutOther = smallSupergraph((typeDefs) => typeDefs.replace('heavy: String @cost(weight: 50)', ''));
const graphOf = (supergraphSdl: string): Graph => ({ supergraphSdl, documents: new TrustedDocuments(MANIFEST) });

const TICKS = 'subscription ($of: ID!) { ticks(of: $of) { cursor count thing { name } } }';
const TEXTS = 'subscription ($of: ID!) { ticks(of: $of) { count text thing { name } } }';
const OWN = 'subscription ($of: ID!) { ticks(of: $of) { count seenBy thing { name } } }';
const ID = 'a'.repeat(64);
const MANIFEST = {
  format: 'apollo-persisted-query-manifest',
  version: 1,
  operations: [{ id: ID, name: 'Trusted', type: 'query', body: 'query Trusted { thing(id: "t1") { title } }' }],
};

let world: World;
const open: Client[] = [];
afterEach(async () => {
  for (const socket of open.splice(0)) await socket.dispose();
  await world.stop();
});

async function start(options: WorldOptions = {}): Promise<void> {
  world = await startWorld({
    limits: { rate: { address: { requests: 0, seconds: 60 }, account: { requests: 0, seconds: 60 } }, sockets: DEFAULT_LIMITS.sockets },
    ...options,
    gateway: { shareRestMs: 30, ...options.gateway },
  });
}
async function person(): Promise<Client> {
  const id = crypto.randomUUID();
  const socket = client(world, await world.token({ claims: { sub: id, sid: crypto.randomUUID() } }));
  open.push(socket);
  return socket;
}
function guest(): Client {
  const socket = client(world);
  open.push(socket);
  return socket;
}
const counts = ({ events }: Heard): unknown[] => events.map(({ data }) => (data?.['ticks'] as { count: number } | null)?.count);
const valueOf = async (gauge: Gauge): Promise<number> => (await gauge.get()).values[0]?.value ?? 0;
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, n) => from + n);

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 120_000; !(await isSo());) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('another supergraph', () => {
  it('is taken under a hundred live subscriptions and with events: none ends, none misses one, none is told twice', async () => {
    await start();
    const before = await valueOf(openSubscriptions);
    const sockets = await Promise.all(Array.from({ length: 100 }, async (_, n) => (n % 3 === 0 ? guest() : person())));
    const heard = sockets.map((socket, n) => listen(socket, n % 5 === 0 ? OWN : TICKS, { of: `post ${n % 4}` }));
    await until('all to listen', async () => (await valueOf(openSubscriptions)) === before + 100);
    const generation = await valueOf(graphGeneration);
    for (let swaps = 0; swaps < 4; swaps += 1) {
      const reloading = world.gateway.reload(graphOf(swaps % 2 === 0 ? withoutText : composedOnce()));
      for (let n = 0; n < 5; n += 1) {
        world.log.write();
        await heard[n]?.has(world.log.lines.length - 1);
      }
      expect(await reloading).toEqual({ kind: 'taken' });
    }
    world.log.write();
    for (const one of heard) await one.has(world.log.lines.length);

    expect(await valueOf(graphGeneration)).toBe(generation + 4);
    for (const one of heard) expect(counts(one)).toEqual(range(1, world.log.lines.length));
    expect(heard.map(({ end }) => end)).toEqual(heard.map(() => undefined));
    expect(await valueOf(openSubscriptions)).toBe(before + 100);
  });

  it('keeps those who share together: each upstream goes over, and its sockets notice nothing', async () => {
    await start();
    const sockets = await Promise.all(Array.from({ length: 20 }, person));
    const heard = sockets.map((socket) => listen(socket, TICKS, { of: 'one post' }));
    await wait(() => world.log.open === 1 && world.log.readers.length === 21, 'one upstream');
    await world.gateway.reload(graphOf(withoutText));
    await wait(() => world.log.opened === 22 && world.log.open === 1, 'another one in its place');
    world.log.write();
    for (const one of heard) await one.has(1);
    expect(world.log.opened).toBe(22);
  });

  it('ends only the subscriptions that it has no answer to, with what asking anew is told', async () => {
    await start();
    const socket = guest();
    const [text, own, ticks] = [TEXTS, 'subscription { ticks(of: "x") { count text seenBy } }', TICKS].map((query) =>
      listen(socket, query, { of: 'x' }),
    );
    if (text === undefined || own === undefined || ticks === undefined) throw new Error('three were asked for');
    await wait(() => world.log.open === 3 && world.log.readers.length === 5, 'all to listen');
    await world.gateway.reload(graphOf(withoutText));
    const refusal = [
      { message: expect.stringContaining('Cannot query field "text" on type "Tick"'), extensions: { code: 'BAD_USER_INPUT' } },
    ];
    expect(await text.ended()).toMatchObject(refusal);
    expect(await own.ended()).toMatchObject(refusal);
    world.log.write();
    await ticks.has(1);
    expect(ticks.end).toBeUndefined();
    const anew = listen(socket, TEXTS, { of: 'x' });
    expect(await anew.ended()).toMatchObject(refusal);
  });

  it('answers what comes from then on; what came before ends with the graph that let it in', async () => {
    let letOn = (): void => {};
    const held = new Promise<void>((resolve) => (letOn = resolve));
    let isAsked = false;
    await start({
      between: (port) => ({
        ...port,
        async execute(request, assertion) {
          if (port.name === 'social') {
            isAsked = true;
            await held;
          }
          return port.execute(request, assertion);
        },
      }),
    });
    const query = '{ thing(id: "t1") { name } }';
    const under = world.post(query);
    await wait(() => isAsked, 'the request to be under way');
    await world.gateway.reload(graphOf(withoutName));
    expect((await world.post(query)).body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    letOn();
    expect((await under).body).toEqual({ data: { thing: { name: 'Name of t1' } } });
  });

  it('brings the trusted documents of its own', async () => {
    await start();
    const byId = () => world.send('/graphql', { method: 'POST', headers: JSON_HEADERS, body: JSON.stringify({ documentId: ID }) });
    expect((await byId()).body.errors).toMatchObject([{ extensions: { code: 'PERSISTED_QUERY_REQUIRED' } }]);
    await world.gateway.reload(graphOf(composedOnce()));
    expect((await byId()).body).toEqual({ data: { thing: { title: 'Title t1' } } });
  });

  it('is refused when it is none, or names a subgraph that nobody serves, and the one before goes on', async () => {
    await start();
    const generation = await valueOf(graphGeneration);
    for (const none of ['', 'type Query {', 'type Query { a: Int }', composedOnce().replace('name: "social"', 'name: "nobody"')])
      expect(await world.gateway.reload(graphOf(none))).toMatchObject({ kind: 'refused' });
    expect(await valueOf(graphGeneration)).toBe(generation);
    expect((await world.post('{ thing(id: "t1") { name } }')).body).toEqual({ data: { thing: { name: 'Name of t1' } } });
  });

  it('that is the same changes nothing', async () => {
    await start({ manifest: MANIFEST });
    expect(await world.gateway.reload(graphOf(composedOnce()))).toEqual({ kind: 'same' });
  });

  it('leaves nothing of the one before in memory, whoever still listens', async () => {
    await start();
    const heard = [listen(guest(), TICKS, { of: 'a' }), listen(await person(), OWN, { of: 'a' }), listen(guest(), TEXTS, { of: 'a' })];
    await wait(() => world.log.open === 3 && world.log.readers.length === 5, 'all to listen');
    await world.post('{ thing(id: "t1") { name } }');
    const replaced = await heldWeakly();
    await world.gateway.reload(graphOf(composedOnce()));
    world.log.write();
    for (const one of heard) await one.has(1);
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void; // made by the flag
    await until('it to be collected', async () => {
      collect();
      return replaced.deref() === undefined;
    });
    expect(heard.map(({ end }) => end)).toEqual([undefined, undefined, undefined]);
  });
});

/** The graph of a generation that has served. */
async function heldWeakly(): Promise<WeakRef<object>> {
  const graph = graphOf(withoutOther);
  await world.gateway.reload(graph);
  return new WeakRef(graph.documents);
}

const JSON_HEADERS = { 'content-type': 'application/json' };

describe('an event that could not be told for more than five seconds after it was decided', () => {
  it('is decided again, once for all who share: who may not see it any more is told nothing', async () => {
    let held: Promise<void> | null = null;
    let asked = 0;
    await start({
      between: (port) => ({
        ...port,
        async call(name, input, assertion) {
          if (name === 'social.blocksOf') {
            asked += 1;
            await held;
          }
          return port.call(name, input, assertion);
        },
      }),
    });
    const [member, stranger] = [listen(await person(), TICKS, { of: 'late' }), listen(guest(), TICKS, { of: 'late' })];
    await wait(() => world.log.open === 1 && world.log.readers.length === 3, 'one upstream');
    let letOn = (): void => {};
    held = new Promise((resolve) => (letOn = resolve));
    world.log.write();
    await wait(() => asked === 1, 'the first event to be decided');
    world.log.turn(1, 'members');
    world.state.now += 6_000;
    held = null;
    letOn();
    await member.has(1);
    world.log.write();
    await stranger.has(1);
    await member.has(2);
    expect(counts(member)).toEqual([1, 2]);
    expect(counts(stranger)).toEqual([2]);
  });

  it('is decided again for one who listens alone', async () => {
    let held: Promise<void> | null = null;
    let asked = 0;
    await start({
      between: (port) => ({
        ...port,
        async execute(request, assertion) {
          asked += 1;
          await held;
          return port.execute(request, assertion);
        },
      }),
    });
    const alone = listen(guest(), OWN, { of: 'late' });
    await wait(() => world.log.open === 1, 'the upstream');
    let letOn = (): void => {};
    held = new Promise((resolve) => (letOn = resolve));
    world.log.write();
    await wait(() => asked === 1, 'the event to be decided');
    world.log.turn(1, 'members');
    world.state.now += 6_000;
    held = null;
    letOn();
    await wait(() => world.log.opened === 2, 'the subgraph to look again');
    world.log.write();
    await alone.has(1);
    expect(counts(alone)).toEqual([2]);
  });
});
