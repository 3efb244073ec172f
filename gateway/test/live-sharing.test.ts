import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { Client } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Gauge } from 'prom-client';
import { DEFAULT_LIMITS } from '../src/limits/limits.js';
import { OPENED_AT_ONCE } from '../src/live/channels.js';
import { openingSubscriptions, openSockets, openSubscriptions } from '../src/metrics.js';
import { client, type Heard, listen, rawSocket, wait } from './socket-client.js';
import type { Seen } from './small-live.js';
import { startWorld, type World } from './world.js';

const TICKS = 'subscription ($of: ID!, $after: String) { ticks(of: $of, after: $after) { cursor count thing { name } } }';

// Ends what hangs. How fast a machine is, it does not judge.
vi.setConfig({ testTimeout: 300_000 });

let world: World;
const open: Client[] = [];
beforeAll(async () => {
  world = await startWorld({
    limits: {
      sockets: { ...DEFAULT_LIMITS.sockets, bufferedBytes: 100_000, initMs: 60_000 },
      rate: { address: { requests: 0, seconds: 60 }, account: { requests: 0, seconds: 60 } },
    },
    gateway: { shareRestMs: 30 },
  });
});
afterAll(() => world.stop());
afterEach(async () => {
  for (const socket of open.splice(0)) await socket.dispose();
  await wait(() => world.log.open === 0, 'the end of every upstream');
  world.log.readers.length = 0;
  world.fetches.length = 0;
});

async function person(): Promise<{ readonly id: string; readonly socket: Client }> {
  const id = randomUUID();
  const socket = client(world, await world.token({ claims: { sub: id, sid: randomUUID() } }));
  open.push(socket);
  return { id, socket };
}
function guest(): Client {
  const socket = client(world);
  open.push(socket);
  return socket;
}
const counts = ({ events }: Heard): unknown[] => events.map(({ data }) => (data?.['ticks'] as { count: number } | null)?.count);
const end = (): number => world.log.lines.length;
const valueOf = async (gauge: Gauge): Promise<number> => (await gauge.get()).values[0]?.value ?? 0;
async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 120_000; !(await isSo());) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
/** Everybody shares: each has opened, and let go of, a stream of their own, and one is open for all. */
const shared = (streams: number): Promise<void> =>
  wait(() => world.log.open === 1 && world.log.readers.length >= streams + 1, 'one upstream');

describe('equal subscriptions', () => {
  it('of 200 sockets, guests and members, are one upstream, and each event is completed once', async () => {
    const of = randomUUID();
    const sockets = await Promise.all(Array.from({ length: 200 }, async (_, n) => (n % 4 === 0 ? guest() : (await person()).socket)));
    const heard = sockets.map((socket) => listen(socket, TICKS, { of }));
    await shared(200);
    world.fetches.length = 0;
    world.calls.length = 0;
    const opened = world.log.opened;
    const first = end() + 1;
    for (let n = 0; n < 3; n += 1) world.log.write({ author: randomUUID() });
    for (const one of heard) await one.has(3);
    expect(world.fetches.map(({ subgraph, claims }) => [subgraph, claims.viewer])).toEqual([0, 1, 2].map(() => ['social', null]));
    for (const one of heard) expect(counts(one)).toEqual([first, first + 1, first + 2]);
    // Who is blocked by whom is asked once for all of them, too, and nobody is asked about each.
    expect(world.calls.filter((call) => call.startsWith('social.'))).toEqual(['social.blocksOf', 'social.blocksOf', 'social.blocksOf']);
    expect([world.log.open, world.log.opened]).toEqual([1, opened]);
  });

  it('are opened so many at a time, and the others wait their turn: all who come back at once are served', async () => {
    await until('the sockets of before to be gone', async () => (await valueOf(openSockets)) === 0);
    let letIn = (): void => {};
    world.log.gate = new Promise((resolve) => (letIn = resolve));
    world.log.mostOpening = 0;
    const before = await valueOf(openSubscriptions);
    const come = async (count: number) => Promise.all(Array.from({ length: count }, async () => (await person()).socket));
    const [of, staying] = [randomUUID(), await come(60)];
    const heard = staying.map((socket) => listen(socket, TICKS, { of }));
    await until('sixty to have asked', async () => (await valueOf(openingSubscriptions)) === 60);
    await until('the first to be let in', async () => world.log.opening === OPENED_AT_ONCE);
    // Those who leave while they wait are never opened.
    const leaving = await come(10);
    for (const socket of leaving) listen(socket, TICKS, { of });
    await until('ten more to have asked', async () => (await valueOf(openingSubscriptions)) === 70);
    for (const socket of leaving) await socket.dispose();
    await until('ten to have left', async () => (await valueOf(openSockets)) === 60);
    expect(world.log.readers).toEqual([]);
    world.log.gate = null;
    letIn();
    await shared(60);
    world.log.write();
    for (const one of heard) await one.has(1);
    await until('nobody to wait', async () => (await valueOf(openingSubscriptions)) === 0);
    expect(await valueOf(openSubscriptions)).toBe(before + 60);
    expect([world.log.mostOpening, world.log.readers.length]).toEqual([OPENED_AT_ONCE, 61]);
  });

  it('of other words or other variables are not equal', async () => {
    const { socket } = await person();
    listen(socket, TICKS, { of: 'a' });
    listen(socket, TICKS, { of: 'b' });
    listen(socket, TICKS.replace('count', 'n: count'), { of: 'a' });
    await wait(() => world.log.readers.length === 6, 'six upstreams');
    await wait(() => world.log.open === 3, 'three upstreams');
    expect(world.log.readers.filter((reader) => reader === null)).toHaveLength(3);
  });

  it('with a field that is not the same for everybody have an upstream each', async () => {
    const query = 'subscription { ticks(of: "own") { seenBy } }';
    const [one, other] = [await person(), await person()];
    const heard = [listen(one.socket, query), listen(other.socket, query)];
    await wait(() => world.log.open === 2, 'two upstreams');
    world.log.write();
    for (const each of heard) await each.has(1);
    expect(heard.map(({ events }) => events[0]?.data?.['ticks'])).toEqual([one, other].map(({ id }) => ({ seenBy: `${id} 1` })));
  });

  it('that have an upstream each ask for the relation epochs of all their viewers at once', async () => {
    const query = 'subscription { ticks(of: "epochs") { seenBy thing { name } } }';
    const heard = await Promise.all(Array.from({ length: 50 }, async () => listen((await person()).socket, query)));
    await wait(() => world.log.open === 50, 'fifty upstreams');
    world.calls.length = 0;
    world.log.write();
    for (const one of heard) await one.has(1);
    expect(world.calls.filter((call) => call === 'social.relationEpochs').length).toBeLessThanOrEqual(5);
  });

  it('obey a block and a mute from their answers on', async () => {
    const author = randomUUID();
    const [one, other] = [await person(), await person()];
    const heard = [listen(one.socket, TICKS, { of: 'block' }), listen(other.socket, TICKS, { of: 'block' })] as const;
    await shared(2);
    const first = end() + 1;
    world.log.write({ author });
    for (const each of heard) await each.has(1);
    world.log.block(one.id, author);
    world.log.write({ author });
    world.log.write({ author: randomUUID() });
    await heard[0].has(2);
    await heard[1].has(3);
    expect(counts(heard[0])).toEqual([first, first + 2]);
    expect(counts(heard[1])).toEqual([first, first + 1, first + 2]);
    const muted = randomUUID();
    world.log.mutes.push({ muter: other.id, muted });
    world.log.write({ author: muted });
    await heard[0].has(3);
    world.log.write({ author: randomUUID() });
    await heard[1].has(4);
    expect(counts(heard[1]).at(-1)).toBe(first + 4);
    expect(world.log.open).toBe(1);
  });

  it('of somebody who may not listen are refused, whoever else listens', async () => {
    const member = await person();
    listen(member.socket, TICKS, { of: 'members' });
    await wait(() => world.log.open === 1, 'an upstream');
    const stranger = listen(guest(), TICKS, { of: 'members' });
    await stranger.ended();
    expect(stranger.events).toMatchObject([{ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] }]);
  });

  it('that a guest may not have stay with an upstream each', async () => {
    const [one, other] = [await person(), await person()];
    const heard = [listen(one.socket, TICKS, { of: 'members' }), listen(other.socket, TICKS, { of: 'members' })];
    await wait(() => world.log.open === 2, 'two upstreams');
    const first = end() + 1;
    for (let n = 0; n < 5; n += 1) {
      world.log.write();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    for (const each of heard) await each.has(5);
    for (const each of heard) expect(counts(each)).toEqual([0, 1, 2, 3, 4].map((n) => first + n));
  });

  it('part for an event that is not the same for all, lose nothing, and share again', async () => {
    const { socket } = await person();
    const [member, stranger] = [listen(socket, TICKS, { of: 'part' }), listen(guest(), TICKS, { of: 'part' })];
    await shared(2);
    const first = end() + 1;
    world.log.write();
    world.log.write({ seen: 'members' });
    world.log.write({ seen: 'differs' });
    world.log.write();
    await member.has(4);
    await stranger.has(3);
    expect(counts(member)).toEqual([first, first + 1, first + 2, first + 3]);
    expect(counts(stranger)).toEqual([first, first + 2, first + 3]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    world.log.write();
    await member.has(5);
    await wait(() => world.log.open === 1, 'one upstream');
  });

  it('lose nothing and double nothing, whoever comes, goes, resumes and blocks meanwhile', async () => {
    const seen: readonly Seen[] = ['everybody', 'everybody', 'everybody', 'members', 'differs'];
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant('write' as const),
          seen: fc.constantFrom(...seen),
          burst: fc.integer({ min: 1, max: 4 }),
        }),
      },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('join' as const), back: fc.nat(6), isGuest: fc.boolean() }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('pause' as const), ms: fc.nat(15) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('break' as const) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const of = randomUUID();
        const joined: { readonly heard: Heard; readonly after: number; readonly isGuest: boolean }[] = [];
        const people = [await person(), await person()];
        const strangers = [guest(), guest()];
        for (const what of steps) {
          if (what.kind === 'write') for (let n = 0; n < what.burst; n += 1) world.log.write({ seen: what.seen });
          else if (what.kind === 'pause') await new Promise((resolve) => setTimeout(resolve, what.ms));
          else if (what.kind === 'join') {
            const after = Math.max(0, end() - what.back);
            const socket = what.isGuest ? strangers[joined.length % 2] : people[joined.length % 2]?.socket;
            if (socket !== undefined)
              joined.push({ heard: listen(socket, TICKS, { of, after: `c${after}` }), after, isGuest: what.isGuest });
          } else for (const { heard } of joined.splice(0, 1)) heard.stop();
        }
        world.log.write();
        for (const { heard, after, isGuest } of joined) {
          const expected = world.log.lines.filter(({ position, seen }) => position > after && !(isGuest && seen === 'members'));
          await heard.has(expected.length);
          expect(counts(heard)).toEqual(expected.map(({ position }) => position));
        }
        for (const { heard } of joined) heard.stop();
      }),
      { numRuns: 25 },
    );
  });

  it('do not wait for one who does not read: it is left behind, remembered by its cursor, and catches up', async () => {
    const of = randomUUID();
    const query = TICKS.replace('count', 'count text');
    const quick = listen((await person()).socket, query, { of });
    const slow = await rawSocket(world);
    slow.say({ type: 'connection_init' });
    await wait(() => slow.messages.length === 1, 'the ack');
    slow.say({ type: 'subscribe', id: 's', payload: { query, variables: { of } } });
    await shared(2);
    slow.socket.pause();
    const first = end() + 1;
    const text = 'x'.repeat(500_000);
    for (let n = 0; n < 60; n += 1) {
      world.log.write({ text });
      await quick.has(n + 1);
    }
    // Thirty megabytes were sent to the one who reads; what waits for the other is in nobody's memory.
    expect(world.log.open).toBe(1);
    slow.socket.resume();
    await wait(() => slow.messages.length >= 61, 'the slow one');
    const got = slow.messages.slice(1).map(({ payload }) => (payload as { data: { ticks: { count: number } } }).data.ticks.count);
    expect(got).toEqual(Array.from({ length: 60 }, (_, n) => first + n));
    world.log.write();
    await wait(() => slow.messages.length === 62 && world.log.open === 1, 'both together');
    slow.socket.terminate();
  });
});
