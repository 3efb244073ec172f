import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Assertions, type Claims } from '@plaza/auth/assertion';
import { Gates } from '@plaza/auth/gate';
import { SealedCursors } from '@plaza/auth/sealed-cursor';
import { CallClient } from '@plaza/calls/call-client';
import type { CallContract } from '@plaza/calls/call-contract';
import { userStates } from '@plaza/calls/contracts/accounts.calls';
import { visiblePosts } from '@plaza/calls/contracts/content.calls';
import { relationEpochs } from '@plaza/calls/contracts/social.calls';
import { People, PeopleCache, peopleByCalls } from '@plaza/calls/people';
import { assertionBody, type LiveMark, type SubgraphPort } from '@plaza/calls/subgraph-port';
import { openDatabase } from '@plaza/db/database';
import { userStateChanged } from '@plaza/events/contracts/accounts.events';
import { postDeleted, postEdited } from '@plaza/events/contracts/content.events';
import { unavailable } from '@plaza/kernel/fault';
import { newId } from '@plaza/kernel/id';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import { toTypeId } from '@plaza/kernel/type-id';
import { doorBus } from '@plaza/events/door-bus';
import { InProcessBus } from '@plaza/live/in-process-bus';
import { createLogger } from '@plaza/telemetry/logger';
import { createDatabases } from '@plaza/testing/databases';
import { type Audience, type AuthorState, canSeePost } from '@plaza/visibility/can-see';
import type { ExecutionResult } from 'graphql';
import type { z } from 'zod';
import { ActivityStore } from '../src/modules/activity/activity.store.js';
import { ActivitySweeper } from '../src/modules/activity/activity.sweeper.js';
import { postChannel } from '../src/posts/post-channel.js';
import { PostStatStore } from '../src/posts/post-stat.store.js';
import { startSocial } from '../src/server.js';

export interface Person {
  readonly uuid: string;
  /** As the graph shows it. */
  readonly id: string;
}

export interface Post {
  readonly uuid: string;
  readonly id: string;
  readonly author: Person;
}

/** What an answer holds: looked into freely, as a client does. */
export interface Answer {
  readonly data: unknown;
  readonly errors: readonly {
    readonly message: string;
    readonly path?: readonly unknown[];
    readonly extensions?: { readonly code?: unknown };
  }[];
}

/** What stands at `likePost.post.likeCount` of an answer. */
export function at(answer: Answer, path: string): unknown {
  let value: unknown = answer.data;
  for (const step of path.split('.'))
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined;
  return value;
}

export const codesOf = (answer: Answer): readonly unknown[] => answer.errors.map(({ extensions }) => extensions?.code);

/** An event of a subscription, as its client has it. */
export interface Told {
  readonly __typename: string;
  readonly cursor: string;
  readonly [field: string]: unknown;
}

/** What every event of `postActivity` shows. */
const ACTIVITY = `
  __typename cursor ... on PostLiked { user { id } likeCount } ... on PostUnliked { likeCount }
  ... on CommentAdded { comment { id text author { id } } commentCount } ... on CommentEdited { comment { id text } }
  ... on CommentDeleted { commentId commentCount } ... on Resync { reason }`;

/** Somebody who watches a post: takes what comes as it comes. */
export class Watcher {
  readonly told: Told[] = [];
  /** Of all results, those that tell nothing too. */
  readonly marks: (LiveMark | undefined)[] = [];
  /** How it ended: null while it goes on. */
  ended: { readonly error: unknown } | null = null;
  readonly #stream: AsyncIterableIterator<ExecutionResult & { readonly mark?: LiveMark }>;

  constructor(stream: AsyncIterableIterator<ExecutionResult & { readonly mark?: LiveMark }>) {
    this.#stream = stream;
    void this.#take();
  }

  /** The newest cursor that came. */
  get cursor(): string {
    return this.told.at(-1)?.cursor ?? '';
  }

  /** @throws when it has not come to that within fifteen seconds */
  async until(isSo: () => boolean): Promise<void> {
    for (const end = Date.now() + 15_000; !isSo(); await pause(2)) {
      if (Date.now() > end) throw new Error(`still waiting with ${JSON.stringify([this.told, this.ended])}`);
    }
  }

  async has(count: number): Promise<readonly Told[]> {
    await this.until(() => this.told.length >= count);
    return this.told;
  }

  /** Resolves when all up to a position of the log has come, or been passed over. */
  async isAt(position: number): Promise<void> {
    await this.until(() => this.marks.length > this.told.length && (this.marks.at(-1)?.position ?? -1) >= position);
  }

  async leaves(): Promise<void> {
    await this.#stream.return?.();
  }

  async #take(): Promise<void> {
    try {
      for await (const { mark, ...result } of this.#stream) {
        this.marks.push(mark);
        if (result.errors !== undefined) throw new Error(JSON.stringify(result.errors));
        if (result.data != null) this.told.push(JSON.parse(JSON.stringify(result.data['postActivity'])) as Told);
      }
      this.ended = { error: null };
    } catch (error) {
      this.ended = { error };
    }
  }
}

export const NOBODY: Person = { uuid: newId(), id: toTypeId('user', newId()) };
export const NO_USER = { __typename: 'NotFoundError', code: 'NOT_FOUND', message: 'There is no such user.' };
export const NO_POST = { __typename: 'NotFoundError', code: 'NOT_FOUND', message: 'There is no such post.' };
export const NO_COMMENT = { __typename: 'NotFoundError', code: 'NOT_FOUND', message: 'There is no such comment.' };

/**
 * Social behind its door, on a database of its own. Accounts and content are tiny rooms: one knows states and locks, the other posts and their
 * audiences, and asks social about relations as the real one does.
 */
export async function openSocial() {
  const databases = await createDatabases(['social']);
  const secret = randomBytes(32);
  const assertions = new Assertions(secret);
  const gates = new Gates(secret);
  const time = { offset: 0 };
  const bus = new InProcessBus();
  const clock = { now: () => new Date(Date.now() + time.offset) };
  const logger = createLogger('error', 'social');
  const accounts = new Map<string, { state: AuthorState; isLocked: boolean }>();
  const posts = new Map<string, { author: Person; audience: Audience }>();
  const away = new Set<SubgraphName>();
  const knownToContent = new PeopleCache();

  const room = (name: SubgraphName, call: (input: unknown, claims: Claims) => Promise<unknown>): SubgraphPort => ({
    name,
    execute: () => Promise.reject(new Error('not asked in these tests')),
    subscribe: () => Promise.reject(new Error('not asked in these tests')),
    call: (callName, input, assertion) => {
      if (away.has(name)) throw unavailable(name);
      return call(input, assertions.verify(assertion, name, assertionBody.call(callName, input)));
    },
    deliver: async () => {},
    ready: async () => true,
  });
  const rooms = {
    accounts: room('accounts', async (input) => {
      const { userIds } = userStates.input.parse(input);
      return { states: userIds.flatMap((userId) => ({ userId, ...accounts.get(userId) })).filter((known) => known.state !== undefined) };
    }),
    content: room('content', async (input, asker) => {
      const { postIds } = visiblePosts.input.parse(input);
      const people = new People(asker, peopleByCalls(new CallClient('content', assertions, ports)), knownToContent);
      const seen = await Promise.all(
        postIds.map(async (postId) => {
          const post = posts.get(postId);
          if (post === undefined || !canSeePost(await people.sight(post.author.uuid), post.audience)) return [];
          return [{ postId, authorId: post.author.uuid, audience: post.audience }];
        }),
      );
      return { posts: seen.flat() };
    }),
  };
  const ports = (name: SubgraphName): SubgraphPort | undefined =>
    name === 'social' ? running : name === 'accounts' ? rooms.accounts : name === 'content' ? rooms.content : undefined;

  const running = await startSocial({
    databaseUrl: databases.urls.social,
    secret,
    assertions,
    calls: new CallClient('social', assertions, (name) => ports(name)),
    people: new PeopleCache(),
    bus,
    events: doorBus,
    ports: (name) => ports(name),
    clock,
    logger,
    dataDir: '/nowhere',
    publicUrl: 'https://plaza.test',
  });
  const database = openDatabase({ url: databases.urls.social, prisma: () => ({ $disconnect: async () => {} }) });

  async function call<Input extends z.ZodType, Output extends z.ZodType>(
    contract: CallContract<Input, Output>,
    input: z.input<Input>,
  ): Promise<z.output<Output>> {
    const claims = { viewer: null, issuer: 'gateway', requestId: 'r', address: null, userAgent: null };
    return contract.output.parse(
      await running.call(contract.name, input, assertions.mint(claims, 'social', assertionBody.call(contract.name, input))),
    );
  }

  const epochOf = async (person: Person): Promise<number> => (await call(relationEpochs, { userIds: [person.uuid] })).epochs[0]?.epoch ?? 0;

  /** Asks as the gateway does: the epoch is read first and signed into the assertion. `as` null: a guest. */
  async function ask(as: Person | null, query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
    const viewer = as === null ? null : { id: as.uuid, sessionId: newId(), epoch: await epochOf(as), scopes: ['full'] };
    const request = { query, variables };
    const claims = { viewer, issuer: 'gateway', requestId: 'r', address: null, userAgent: null };
    const result = await running.execute(request, assertions.mint(claims, 'social', assertionBody.execute(request)));
    return JSON.parse(JSON.stringify({ data: result.data ?? null, errors: result.errors ?? [] })) as Answer;
  }

  /** One entity after the other, as the gateway asks for them. */
  async function entities<T = unknown>(
    as: Person | null,
    representations: readonly Record<string, unknown>[],
    selection: string,
  ): Promise<readonly T[]> {
    const answer = await ask(as, `query ($r: [_Any!]!) { _entities(representations: $r) { __typename ${selection} } }`, {
      r: representations,
    });
    if (answer.errors.length > 0) throw new Error(JSON.stringify(answer.errors));
    return at(answer, '_entities') as readonly T[];
  }

  /** Subscribes as the gateway does: a stream, or the one result that says why there is none. */
  async function subscribe(as: Person | null, query: string, variables: Record<string, unknown>) {
    const viewer = as === null ? null : { id: as.uuid, sessionId: newId(), epoch: await epochOf(as), scopes: ['full'] };
    const request = { query, variables };
    const claims = { viewer, issuer: 'gateway', requestId: 'r', address: null, userAgent: null };
    return running.subscribe(request, assertions.mint(claims, 'social', assertionBody.subscribe(request)));
  }

  const WATCH = `subscription ($postId: ID!, $after: String) { postActivity(postId: $postId, after: $after) { ${ACTIVITY} } }`;

  /** Hands social a fact of another subgraph's. */
  async function tells(issuer: SubgraphName, type: string, key: string, payload: Readonly<Record<string, unknown>>): Promise<void> {
    const event = { id: newId(), type, key, occurredAt: new Date().toISOString(), payload };
    const claims = { viewer: null, issuer, requestId: 'r', address: null, userAgent: null };
    await running.deliver([event], assertions.mint(claims, 'social', assertionBody.deliver([event])));
  }

  return {
    ask,
    call,
    /** A subscription that stands, from now on or after a cursor, and is read only when this is called. @throws where there is no stream */
    async opens(as: Person | null, { id }: { readonly id: string }, after: string | null = null): Promise<() => Watcher> {
      const live = await subscribe(as, WATCH, { postId: id, after });
      if (!(Symbol.asyncIterator in live)) throw new Error(JSON.stringify(live));
      return () => new Watcher(live);
    },
    /** The bytes of the answer to a subscription that does not come about. */
    async isRefused(as: Person | null, postId: string, after: string | null = null): Promise<string> {
      const live = await subscribe(as, WATCH, { postId, after });
      if (Symbol.asyncIterator in live) throw new Error('a stream');
      return JSON.stringify(live);
    },
    /** As content does it: the audience, then the event. */
    async setAudience({ uuid, author }: Post, audience: Audience): Promise<void> {
      posts.set(uuid, { author, audience });
      const { type } = postEdited;
      const rest = { revision: 2, language: null, createdAt: new Date().toISOString(), mentionedUserIds: [] };
      await tells('content', type, uuid, { postId: uuid, authorId: author.uuid, audience, ...rest });
    },
    async deletes({ uuid, author }: Post): Promise<void> {
      posts.delete(uuid);
      await tells('content', postDeleted.type, uuid, { postId: uuid, authorId: author.uuid });
    },
    /** The audience alone: the event has not come yet. */
    hides({ uuid, author }: Post, audience: Audience): void {
      posts.set(uuid, { author, audience });
    },
    transaction: database.transaction,
    bus,
    /** Forgets old activity, which social itself does every few minutes. */
    async sweepActivity(): Promise<void> {
      const sweeper = new ActivitySweeper({ store: new ActivityStore(database), clock, logger });
      await sweeper.sweep();
      await sweeper.stop();
    },
    /** A like that another process of social has written: nobody here knows of it yet. */
    async likesUnheard({ uuid }: Post, person: Person): Promise<void> {
      await database.transaction((tx) =>
        new PostStatStore(database, () => {}).happened(tx, uuid, { kind: 'POST_LIKED', actorId: person.uuid }),
      );
    },
    wakes: ({ uuid }: Post): void => bus.publish(postChannel(uuid), 'more'),
    entities,
    epochOf,
    running,
    away,
    sql: database.sql,
    cursors: new SealedCursors(secret),
    /** Time goes on for everybody. */
    wait(seconds: number): void {
      time.offset += seconds * 1_000;
    },
    person(options: { readonly isLocked?: boolean } = {}): Person {
      const uuid = newId();
      accounts.set(uuid, { state: 'ACTIVE', isLocked: options.isLocked ?? false });
      return { uuid, id: toTypeId('user', uuid) };
    },
    people(count: number): readonly Person[] {
      return Array.from({ length: count }, () => this.person());
    },
    setLocked(person: Person, isLocked: boolean): void {
      accounts.set(person.uuid, { state: 'ACTIVE', isLocked });
    },
    /** As accounts does it: the state, then the event. */
    async setState(person: Person, state: AuthorState): Promise<void> {
      accounts.set(person.uuid, { state, isLocked: false });
      knownToContent.states.delete(person.uuid);
      await tells('accounts', userStateChanged.type, person.uuid, { userId: person.uuid, state });
    },
    post(author: Person, audience: Audience = 'PUBLIC'): Post {
      const uuid = newId();
      posts.set(uuid, { author, audience });
      return { uuid, id: toTypeId('post', uuid), author };
    },
    /** A post with the gate that content hands out to this viewer, as the gateway brings it. */
    gated: (as: Person | null, post: Post) => ({ __typename: 'Post', id: post.id, gate: gates.mint(post.uuid, as?.uuid ?? null) }),
    async seePost<T = Record<string, unknown>>(as: Person | null, post: Post, selection: string): Promise<T> {
      const [found] = await entities<T>(as, [this.gated(as, post)], `... on Post { ${selection} }`);
      if (found === undefined) throw new Error('one representation has one answer');
      return found;
    },
    async seeUser<T = Record<string, unknown>>(as: Person | null, user: Person, selection: string): Promise<T> {
      const [found] = await entities<T>(as, [{ __typename: 'User', id: user.id }], `... on User { ${selection} }`);
      if (found === undefined) throw new Error('one representation has one answer');
      return found;
    },
    async me(as: Person, selection: string): Promise<Answer> {
      return ask(as, `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Viewer { ${selection} } } }`, {
        r: [{ __typename: 'Viewer', id: toTypeId('viewer', as.uuid) }],
      });
    },
    /** `does(anna, 'follow', { userId: binh.id }, 'user { followerCount }')`: the member of the result union that came. */
    async does<T = Record<string, unknown>>(
      as: Person | null,
      mutation: string,
      input: Record<string, unknown>,
      selection = '',
    ): Promise<T> {
      const name = mutation[0]?.toUpperCase() + mutation.slice(1);
      const ok = selection === '' ? '' : `... on ${name}Ok { ${selection} }`;
      const answer = await ask(
        as,
        `mutation ($input: ${name}Input!) { ${mutation}(input: $input) { __typename ${ok} ... on UserError { code message ... on ValidationError { fields { path } } } } }`,
        { input },
      );
      if (answer.errors.length > 0) throw new Error(JSON.stringify(answer.errors));
      return at(answer, mutation) as T;
    },
    /** {@link does} by a client that tries again when a crowd keeps it waiting too long; all that is done so may be done twice. */
    async insists(as: Person, mutation: string, input: Record<string, unknown>): Promise<void> {
      for (let tries = 1; ; tries += 1) {
        try {
          await this.does(as, mutation, input);
          return;
        } catch (error) {
          if (tries === 10) throw error;
          await pause(100 * tries);
        }
      }
    },
    async follows(follower: Person, followee: Person): Promise<void> {
      await this.does(follower, 'follow', { userId: followee.id });
    },
    async blocks(blocker: Person, blocked: Person): Promise<void> {
      await this.does(blocker, 'block', { userId: blocked.id });
    },
    /** The facts written about a key, in their order. */
    async events(key: { readonly uuid: string }): Promise<readonly string[]> {
      return (await database.sql<{ type: string }>`SELECT type FROM outbox WHERE key = ${key.uuid} ORDER BY seq`).map(({ type }) => type);
    },
    async close(): Promise<void> {
      await running.stop();
      await database.close();
      await databases.drop();
    },
  };
}

export type SocialUnderTest = Awaited<ReturnType<typeof openSocial>>;

/** The ids of a connection's nodes. */
export const nodeIds = (connection: unknown): readonly string[] =>
  (connection as { edges: readonly { node: { id: string } }[] }).edges.map(({ node }) => node.id);
