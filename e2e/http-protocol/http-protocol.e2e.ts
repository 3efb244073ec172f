import { readFileSync } from 'node:fs';
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import type { Person } from '@plaza/testing/people';
import type { World } from '@plaza/testing/world';
import { serverAudits } from 'graphql-http';
import { createClient as createEvents } from 'graphql-sse';
import { createClient as createSocket } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { HomePageDocument, LikePostDocument } from '../../examples/web-client/src/operations.generated.js';
import { connect, type Manifest, type SeenComment } from '../../examples/web-client/src/plaza.js';
import { trusted } from '../story/documents.js';
import { until } from '../story/expect.js';
import { startPlaza } from '../world.js';

let world: World;
let anna: Person;
let binh: Person;
beforeAll(async () => {
  world = await startPlaza();
  [anna, binh] = await world.people('anna', 'binh');
});
afterAll(() => world.stop());

describe('the public audit of GraphQL over HTTP', () => {
  const audits = serverAudits({ url: () => world.url });

  it('has what is required and what is recommended', () => {
    const levels = new Set(audits.map(({ name }) => name.split(' ', 1)[0]));
    expect(levels).toEqual(new Set(['MUST', 'SHOULD', 'MAY']));
  });

  it.each(audits.filter(({ name }) => !name.startsWith('MAY')).map((audit) => [audit.name, audit] as const))(
    'is passed: %s',
    async (_name, audit) => {
      const result = await audit.fn();
      expect(result.status === 'ok' ? 'ok' : `${result.status}: ${result.reason}`).toBe('ok');
    },
  );
});

interface Told {
  readonly postActivity: { readonly user?: { readonly handle: string } | null };
}

/** Listens to a post by one of the ways, has somebody like it, and tells who was named; and what the end said. */
async function heardBy(listen: (postId: string, told: (handle: string | undefined) => void) => () => void): Promise<readonly unknown[]> {
  const postId = await anna.publishes('Heard over every wire');
  const handles: (string | undefined)[] = [];
  const stop = listen(postId, (handle) => handles.push(handle));
  // Nobody tells when a subscription has begun: likes that come before it are not of it.
  await until('the like is told', 60_000, async () => {
    await binh.likes(postId);
    await binh.unlikes(postId);
    return handles.length > 0;
  });
  stop();
  return [...new Set(handles)];
}

const query = trusted('PostActivity').body;

describe('a live field comes', () => {
  it('to the reference client of server-sent events', async () => {
    const client = createEvents({ url: world.url, retryAttempts: 0, headers: { authorization: `Bearer ${anna.tokens.accessToken}` } });
    const heard = await heardBy((postId, told) =>
      client.subscribe<Told>({ query, variables: { postId } }, sink(told)),
    ); // prettier-ignore
    expect(heard).toEqual([binh.handle]);
    client.dispose();
  });

  it('to the reference client of WebSocket', async () => {
    const client = createSocket({
      url: world.url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: { authorization: `Bearer ${anna.tokens.accessToken}` },
    });
    const heard = await heardBy((postId, told) => client.subscribe<Told>({ query, variables: { postId } }, sink(told)));
    expect(heard).toEqual([binh.handle]);
    await client.dispose();
  });

  it('to Apollo Client in parts, beside its queries', async () => {
    const client = new ApolloClient({
      cache: new InMemoryCache(),
      link: new HttpLink({ uri: world.url, headers: { authorization: `Bearer ${anna.tokens.accessToken}` } }),
    });
    const { data } = await client.query<{ me: { user: { handle: string } } }>({ query: gql('query { me { user { id handle } } }') });
    expect(data?.me.user.handle).toBe(anna.handle);
    const heard = await heardBy((postId, told) => {
      const live = client.subscribe<Told>({ query: gql(query), variables: { postId } });
      const { next } = sink(told);
      const subscription = live.subscribe({ next: ({ data: event }) => next({ data: event }) });
      return () => subscription.unsubscribe();
    });
    expect(heard).toEqual([binh.handle]);
    client.stop();
  });
});

describe('the example of a web client', () => {
  it('signs in, shows its home feed, likes and hears of comments as they come, and sends ids in place of documents', async () => {
    const manifest = JSON.parse(
      readFileSync(new URL('../../schema/operations/clients/web-client.json', import.meta.url), 'utf8'),
    ) as Manifest; // what the client is built with
    const sent: { readonly query?: string; readonly payload?: { readonly query: string } }[] = [];
    class HeardSocket extends WebSocket {
      override send(text: string): void {
        sent.push(JSON.parse(text));
        super.send(text);
      }
    }
    const { client, signIn, follow, close } = connect({
      url: world.url,
      manifest,
      webSocketImpl: HeardSocket,
      fetch: (to, init) => {
        if (typeof init?.body === 'string') sent.push(JSON.parse(init.body));
        return fetch(to, init);
      },
    });
    await binh.follows(anna);
    const postId = await anna.publishes('To be seen in a browser');
    await anna.comments(postId, 'there before');
    await world.settled();
    expect(await signIn(binh.handle, 'another password')).toBeNull();
    expect(await signIn(binh.handle, binh.password)).toBe(binh.handle);

    const first = { query: HomePageDocument, variables: { first: 1 } };
    const { data } = await client.query(first);
    expect(data?.me?.homeFeed?.edges).toMatchObject([{ node: { id: postId, author: { handle: anna.handle }, likeCount: 0 } }]);
    await client.mutate({ mutation: LikePostDocument, variables: { input: { postId } } });
    expect(client.readQuery(first)?.me?.homeFeed?.edges[0]?.node).toMatchObject({ likeCount: 1, viewerHasLiked: true });

    let shown: readonly SeenComment[] = [];
    const end = follow(postId, (comments) => (shown = comments));
    await until('what was there', 60_000, async () => shown.length === 1);
    await anna.comments(postId, 'as it came');
    await until('what came', 60_000, async () => shown.length === 2);
    expect(shown.map(({ text }) => text)).toEqual(['as it came', 'there before']);
    expect(client.readQuery(first)?.me?.homeFeed?.edges[0]?.node).toMatchObject({ commentCount: 2 });
    end();
    await close();
    expect(sent.map((one) => (one.payload ?? one).query ?? '').filter((text) => text !== '')).toEqual([]);
  });
});

function sink(told: (handle: string | undefined) => void) {
  return {
    next: ({ data }: { readonly data?: Told | null | undefined }) => {
      if (data?.postActivity.user != null) told(data.postActivity.user.handle);
    },
    error: () => undefined,
    complete: () => undefined,
  };
}
