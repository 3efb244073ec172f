import type { LiveMark } from '@plaza/calls/subgraph-port';
import { describe, expect, it, vi } from 'vitest';
import type { AdmittedRequest } from '../request.js';
import type { Outlet } from './outlet.js';
import { type LiveGraph, type LiveParts, Subscriber } from './subscriber.js';

interface Opened {
  readonly cursor: unknown;
  readonly onMark: (mark: LiveMark) => void;
  readonly signal: AbortSignal;
}

const mark = (position: number): LiveMark => ({ position, cursor: `c${position}` });

/** A subscription whose upstreams do what the test says, one after the other. */
function subscriberOf(
  upstreams: readonly ((opened: Opened) => AsyncGenerator | object)[],
  { isLog = true, now = Date.now }: { readonly isLog?: boolean; readonly now?: () => number } = {},
) {
  const opened: Opened[] = [];
  const sent: string[] = [];
  const door = {
    subscribe: async (_request: unknown, given: Opened) => {
      opened.push(given);
      const upstream = upstreams[opened.length - 1];
      if (upstream === undefined) throw new Error('one more than was meant');
      return upstream(given);
    },
  };
  const channels = { openings: { pass: (work: () => unknown) => work() }, isLate: () => false };
  const graph = { number: 1, door };
  const request = { prepared: { isSameForAll: false, live: { isLog, cursor: () => (isLog ? 'c0' : undefined) } }, variables: {} };
  const outlet = {
    viewerId: 'binh',
    holds: () => true,
    drained: async () => {},
    send: async (json: Buffer) => void sent.push(String(json)),
  };
  // Of each no more than a subscription that shares nothing touches.
  const subscriber = new Subscriber(
    { graphs: { current: graph }, channels, now, subscribers: new Set() } as unknown as LiveParts,
    graph as unknown as LiveGraph,
    request as unknown as AdmittedRequest,
    outlet as unknown as Outlet,
  );
  return { subscriber, opened, sent };
}

async function* brokenAfter(position: number): AsyncGenerator {
  yield { result: { data: { at: position } }, mark: mark(position) };
  throw new Error('the line broke');
}

/** The present state, and then as before. */
async function* brokenState(): AsyncGenerator {
  yield { result: { data: { state: 'READY' } }, mark: {} };
  throw new Error('the line broke');
}

async function* silent({ signal }: Opened): AsyncGenerator {
  await new Promise((left) => signal.addEventListener('abort', left));
  yield* [];
}

describe('a subscription whose upstream breaks', () => {
  it('goes on from what its client has, whatever the upstream before says late', async () => {
    const { subscriber, opened, sent } = subscriberOf([() => brokenAfter(5), silent]);
    await subscriber.start();
    await vi.waitUntil(() => sent.length === 1);
    // It was on its way when the line broke.
    opened[0]?.onMark(mark(3));
    opened[0]?.onMark(mark(9));
    await vi.waitUntil(() => opened.length === 2);

    expect(opened[1]?.cursor).toBe('c5');
    await subscriber.return();
  });

  it('asks again for an event that could not be looked at: its client is not told of that', async () => {
    const unlooked = { result: { data: null, errors: [{ extensions: { code: 'UNAVAILABLE' } }] }, mark: {} };
    const { subscriber, opened, sent } = subscriberOf([
      async function* () {
        yield { result: { data: { at: 5 } }, mark: mark(5) };
        yield unlooked;
      },
      async function* (given) {
        yield { result: { data: { at: 6 } }, mark: mark(6) };
        yield* silent(given);
      },
    ]);
    await subscriber.start();
    await vi.waitUntil(() => sent.length === 2);

    expect(sent).toEqual(['{"data":{"at":5}}', '{"data":{"at":6}}']);
    expect(opened[1]?.cursor).toBe('c5');
    await subscriber.return();
  });

  it('leaves one that could not be had, and what that one says is nothing', async () => {
    const away = { errors: [{ extensions: { code: 'UNAVAILABLE' } }] };
    const { subscriber, opened, sent } = subscriberOf([() => brokenAfter(5), () => away, silent]);
    await subscriber.start();
    await vi.waitUntil(() => sent.length === 1 && opened.length === 2);
    opened[1]?.onMark(mark(9));
    await vi.waitUntil(() => opened.length === 3);

    expect(opened[1]?.signal.aborted).toBe(true);
    expect(opened[2]?.cursor).toBe('c5');
    await subscriber.return();
  });

  it.each([
    ['state', false, brokenState],
    ['log in which nothing happens', true, () => brokenAfter(1)],
  ])('lives through any number of restarts that lie apart, as one of a %s', async (_what, isLog, broken) => {
    let now = 0;
    const restarts = Array.from({ length: 10 }, () => () => {
      now += 3_600_000;
      return broken();
    });
    const { subscriber, opened } = subscriberOf([...restarts, silent], { isLog, now: () => now });
    await subscriber.start();
    await vi.waitUntil(() => opened.length === 11, 5_000);

    await subscriber.return();
    await expect(subscriber.next()).resolves.toEqual({ done: true, value: undefined });
  });
});
