import type { Person } from '@plaza/testing/people';
import type { World } from '@plaza/testing/world';
import { createClient, type Client } from 'graphql-ws';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { trusted } from '../story/documents.js';
import { until } from '../story/expect.js';
import { startPlaza } from '../world.js';

let world: World;
const open: Client[] = [];
beforeAll(async () => {
  world = await startPlaza();
});
afterAll(async () => {
  for (const socket of open) await socket.dispose();
  await world.stop();
});

interface Told {
  readonly cursor: string;
  readonly user?: { readonly handle: string };
  readonly likeCount?: number;
}

interface Watch {
  readonly told: Told[];
  readonly codes: number[];
  ended: unknown;
}

/** The reference client with the manifest's document; `tokens` is asked at each connection. */
function watch(tokens: (() => Promise<string>) | null, postId: string, retryAttempts = 0): Watch {
  const watched: Watch = { told: [], codes: [], ended: undefined };
  const socket = createClient({
    url: world.url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts,
    retryWait: () => new Promise((resolve) => setTimeout(resolve, 100)),
    ...(tokens === null ? {} : { connectionParams: async () => ({ authorization: `Bearer ${await tokens()}` }) }),
    on: { closed: (event) => watched.codes.push((event as { code: number }).code) },
  });
  open.push(socket);
  let last: string | null = null;
  const variables = {
    postId,
    // Asked anew at each attempt: the stock client sends the same object again.
    get after() {
      return last;
    },
  };
  socket.subscribe<{ postActivity: Told }>(
    { query: trusted('PostActivity').body, variables },
    {
      next: ({ data }) => {
        if (data == null) return;
        last = data.postActivity.cursor;
        watched.told.push(data.postActivity);
      },
      error: (error) => {
        watched.ended = error;
      },
      complete: () => {
        watched.ended ??= 'completed';
      },
    },
  );
  return watched;
}

const of = (person: Person) => async (): Promise<string> => person.tokens.accessToken;

async function gauge(name: string): Promise<number> {
  const text = await (await fetch(new URL('/metrics', world.url))).text();
  return Number(new RegExp(`^${name} (\\d+)`, 'mu').exec(text)?.[1] ?? 0);
}

it('serves many who watch the same post from one upstream, guests and members alike', async () => {
  const [anna, binh, chen] = await world.people('anna', 'binh', 'chen');
  const postId = await anna.publishes('watch me');
  const before = await gauge('plaza_gateway_shared_upstreams');
  const all = Array.from({ length: 30 }, (_, n) => watch(n % 3 === 0 ? null : of(n % 3 === 1 ? anna : binh), postId));
  const nobodyLeft = (): void => {
    const gone = all.filter(({ ended, codes }) => ended !== undefined || codes.length > 0);
    expect(gone).toEqual([]);
  };
  await until('all listen', 60_000, async () => {
    nobodyLeft();
    return (await gauge('plaza_gateway_subscriptions')) >= 30;
  });
  await until('one upstream', 60_000, async () => (await gauge('plaza_gateway_shared_upstreams')) === before + 1);
  await chen.likes(postId);
  await until('all are told', 60_000, async () => {
    nobodyLeft();
    return all.every(({ told }) => told.length > 0);
  });
  for (const { told } of all)
    expect(told).toEqual([{ cursor: expect.any(String), user: expect.objectContaining({ handle: chen.handle }), likeCount: 1 }]);
  expect(new Set(all.map(({ told }) => told[0]?.cursor)).size).toBe(1);
});

it('closes the sockets of a session that ended, and its client goes on with a new one where it was', async () => {
  const [anna, chen] = await world.people('anna', 'chen');
  const postId = await anna.publishes('stay with me');
  let current = anna.tokens.accessToken;
  const going = watch(async () => current, postId, 50);
  await chen.likes(postId);
  await until('the socket listens', 60_000, async () => {
    await chen.unlikes(postId);
    await chen.likes(postId);
    return going.told.length > 0;
  });
  const login = await world.guest().does('Login', { identifier: anna.handle, password: anna.password });
  await anna.plays('Logout');
  await until('the close', 60_000, async () => going.codes.length > 0);
  expect(new Set(going.codes)).toEqual(new Set([4403]));
  // Whoever logs out of one session may be signed in by another.
  current = login.session.accessToken;
  const had = going.told.length;
  await chen.unlikes(postId);
  await until('what came meanwhile', 60_000, async () => going.told.length > had);
  expect(going.told.at(-1)?.likeCount).toBe(0);
});

it('runs queries and mutations over the socket with the same answers as over HTTP', async () => {
  const anna = await world.person('anna');
  const socket = createClient({
    url: world.url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${anna.tokens.accessToken}` },
  });
  open.push(socket);
  const ask = async (query: string) => (await socket.iterate({ query }).next()).value as unknown;
  for (const query of ['{ me { user { handle } } }', '{ nothing }', '{ node(id: "post_01h455vb4pex5vsknk084sn02q") { __typename } }']) {
    const overSocket = await ask(query).catch((errors: unknown) => ({ errors }));
    expect(overSocket).toEqual((await anna.graphql(query)).json);
  }
});
