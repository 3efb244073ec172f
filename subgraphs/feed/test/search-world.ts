import { randomBytes } from 'node:crypto';
import { Assertions } from '@plaza/auth/assertion';
import { CallClient } from '@plaza/calls/call-client';
import { userStates, usersByHandle } from '@plaza/calls/contracts/accounts.calls';
import { postSnapshot, visiblePosts } from '@plaza/calls/contracts/content.calls';
import { postAttention, searchablePosts, searchableUsers, userSnapshot } from '@plaza/calls/contracts/search.calls';
import { relations } from '@plaza/calls/contracts/social.calls';
import { People, PeopleCache, peopleByCalls } from '@plaza/calls/people';
import { assertionBody, type SubgraphPort } from '@plaza/calls/subgraph-port';
import { type Database, openDatabase } from '@plaza/db/database';
import type { EventEnvelope } from '@plaza/events/envelope';
import { takeEffect } from '@plaza/events/inbox';
import { unavailable } from '@plaza/kernel/fault';
import { newId } from '@plaza/kernel/id';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import { doorBus } from '@plaza/events/door-bus';
import { InProcessBus } from '@plaza/live/in-process-bus';
import { PostgresIndex } from '@plaza/search/postgres-index';
import type { DocumentKind, SearchIndex } from '@plaza/search/search-index';
import { createDatabases } from '@plaza/testing/databases';
import { type Audience, type AuthorState, canSeePost } from '@plaza/visibility/can-see';
import { STRANGERS } from '@plaza/visibility/relation';
import { pino } from 'pino';
import type { SearchPage, SearchPosition } from '../src/modules/search/search.service.js';
import { openSearch, type Search } from '../src/search.js';

/** A post as its owner has it. */
export interface OwnedPost {
  readonly id: string;
  readonly authorId: string;
  text: string;
  audience: Audience;
  isDeleted: boolean;
  likes: number;
  readonly createdAt: string;
}

export interface OwnedUser {
  readonly id: string;
  handle: string;
  displayName: string;
  state: AuthorState;
}

/** Search on a database of its own. What owners know stands here, and what they would publish is delivered by hand. */
export class SearchWorld {
  readonly posts = new Map<string, OwnedPost>();
  readonly users = new Map<string, OwnedUser>();
  /** Owners that do not answer. */
  readonly dead = new Set<SubgraphName>();
  readonly blocked = new Set<string>();
  readonly muted = new Set<string>();
  readonly hidden = new Set<string>();
  readonly asked: string[] = [];
  /** Runs when an owner has been asked and before it answers. */
  onAsk: (call: string) => Promise<void> = async () => {};
  readonly database: Database<null>;
  readonly search: Search;
  readonly calls: CallClient;
  readonly #people = new PeopleCache();
  readonly #drop: () => Promise<void>;
  #epoch = 0;

  private constructor(url: string, drop: () => Promise<void>, index: SearchIndex | undefined) {
    const assertions = new Assertions(randomBytes(32));
    const ports = (name: SubgraphName): SubgraphPort | undefined => (this.dead.has(name) ? undefined : this.#port(name, assertions));
    this.#drop = drop;
    this.calls = new CallClient('feed', assertions, ports);
    this.database = openDatabase({
      url,
      poolSize: 4,
      prisma: () => Object.assign(Object.create(null), { $disconnect: async () => {} }),
    });
    this.search = openSearch(
      {
        databaseUrl: url,
        secret: randomBytes(32),
        assertions,
        calls: this.calls,
        people: this.#people,
        bus: new InProcessBus(),
        events: doorBus,
        ports,
        clock: { now: () => new Date('2026-11-21T12:00:00Z') },
        logger: pino({ level: 'silent' }),
        dataDir: '/nonexistent',
        publicUrl: 'http://localhost:4000',
      },
      this.database,
      index ?? new PostgresIndex(this.database),
    );
  }

  /** With no index given, on PostgreSQL. */
  static async open(index?: SearchIndex): Promise<SearchWorld> {
    const { urls, drop } = await createDatabases(['feed']);
    return new SearchWorld(urls.feed, drop, index);
  }

  async close(): Promise<void> {
    await this.search.stop();
    await this.database.close();
    await this.#drop();
  }

  user(handle: string, displayName = handle): OwnedUser {
    const user: OwnedUser = { id: newId(), handle, displayName, state: 'ACTIVE' };
    this.users.set(user.id, user);
    return user;
  }

  post(author: OwnedUser, text: string, audience: Audience = 'PUBLIC'): OwnedPost {
    const post = { id: newId(), authorId: author.id, text, audience, isDeleted: false, likes: 0, createdAt: '2026-11-20T12:00:00.000Z' };
    this.posts.set(post.id, post);
    return post;
  }

  /** A fact, taken on. Nobody waits until it can be found. */
  async tell(type: string, payload: Record<string, unknown>): Promise<void> {
    const event: EventEnvelope = { id: newId(), type, payload, key: newId(), occurredAt: new Date().toISOString() };
    await takeEffect([event], this.search.reactions, this.database);
  }

  async published(...posts: readonly OwnedPost[]): Promise<void> {
    for (const post of posts) await this.tell('post.published', factOf(post));
    await this.search.settled();
  }

  async edited(post: OwnedPost): Promise<void> {
    await this.tell('post.edited', { ...factOf(post), revision: 2 });
    await this.search.settled();
  }

  async registered(...users: readonly OwnedUser[]): Promise<void> {
    for (const { id } of users) await this.tell('user.registered', { userId: id });
    await this.search.settled();
  }

  async page(
    viewer: OwnedUser | null,
    query: string,
    more: { first?: number; after?: SearchPosition | null; kinds?: readonly DocumentKind[] } = {},
  ): Promise<SearchPage> {
    return this.search.service.page(this.#searcher(viewer), { query, first: 20, after: null, kinds: null, ...more });
  }

  async found(viewer: OwnedUser | null, query: string): Promise<readonly string[]> {
    return (await this.page(viewer, query)).hits.map(({ id }) => id);
  }

  async suggested(viewer: OwnedUser | null, prefix: string, first = 8): Promise<readonly string[]> {
    return (await this.search.service.suggestions(this.#searcher(viewer), prefix, first)).map(({ label }) => label);
  }

  #searcher(viewer: OwnedUser | null) {
    this.#epoch += 1;
    const claims = viewer === null ? null : { id: viewer.id, sessionId: newId(), epoch: this.#epoch, scopes: [] };
    const scope = { viewer: claims, requestId: newId() };
    // A scope has more that searching does not look at.
    return { viewer: claims, scope: scope as never, people: new People(scope, peopleByCalls(this.calls), new PeopleCache()) };
  }

  #port(name: SubgraphName, assertions: Assertions): SubgraphPort {
    const nothing = (): never => {
      throw new Error('not here');
    };
    const call = async (full: string, input: unknown, assertion: string): Promise<unknown> => {
      const { viewer } = assertions.verify(assertion, name, assertionBody.call(full, input));
      if (this.dead.has(name)) throw unavailable(name);
      this.asked.push(full);
      const answer = this.#answer(full, input, viewer?.id ?? null);
      await this.onAsk(full);
      return answer;
    };
    return { name, execute: nothing, subscribe: nothing, call, deliver: nothing, ready: async () => true };
  }

  #answer(full: string, input: unknown, viewerId: string | null): unknown {
    const there = [...this.posts.values()].filter(({ isDeleted }) => !isDeleted).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    switch (full) {
      case searchablePosts.name: {
        const ids = new Set(searchablePosts.input.parse(input).postIds);
        return { posts: there.filter(({ id }) => ids.has(id)).map(searchable) };
      }
      case visiblePosts.name: {
        const ids = new Set(visiblePosts.input.parse(input).postIds);
        const posts = there.filter(({ id, authorId, audience }) => {
          if (!ids.has(id) || this.hidden.has(id)) return false;
          const authorState = this.users.get(authorId)?.state ?? 'ERASED';
          return canSeePost({ viewerId, authorId, authorState, relation: this.#relation(authorId) }, audience);
        });
        return { posts: posts.map(({ id: postId, authorId, audience }) => ({ postId, authorId, audience })) };
      }
      case postSnapshot.name: {
        const { after } = postSnapshot.input.parse(input);
        const page = there.filter(({ id }) => after === null || id > after).slice(0, 3);
        const posts = page.map((post) => ({ ...factOf(post), language: null }));
        return { posts, nextAfter: page.length < 3 ? null : (page.at(-1)?.id ?? null) };
      }
      case userSnapshot.name:
        return { userIds: [...this.users.values()].filter(({ state }) => state === 'ACTIVE').map(({ id }) => id), nextAfter: null };
      case searchableUsers.name:
        return {
          users: searchableUsers.input.parse(input).userIds.flatMap((userId) => {
            const user = this.users.get(userId);
            return user === undefined ? [] : [{ userId, ...user, bio: null, createdAt: '2026-01-01T00:00:00.000Z' }];
          }),
        };
      case postAttention.name:
        return { posts: postAttention.input.parse(input).postIds.map((postId) => ({ postId, count: this.posts.get(postId)?.likes ?? 0 })) };
      case userStates.name:
        return {
          states: userStates.input
            .parse(input)
            .userIds.flatMap((userId) =>
              this.users.has(userId) ? [{ userId, state: this.users.get(userId)?.state, isLocked: false }] : [],
            ),
        };
      case usersByHandle.name: {
        const handles = new Set(usersByHandle.input.parse(input).handles);
        return {
          users: [...this.users.values()].filter(({ handle }) => handles.has(handle)).map(({ id: userId, handle }) => ({ handle, userId })),
        };
      }
      case relations.name:
        return { relations: relations.input.parse(input).otherIds.map((otherId) => ({ otherId, ...this.#relation(otherId) })) };
      default:
        throw new Error(`nobody answers ${full}`);
    }
  }

  #relation(otherId: string) {
    return { ...STRANGERS, isBlockedBy: this.blocked.has(otherId), mutes: this.muted.has(otherId) };
  }
}

const factOf = ({ id: postId, authorId, audience, createdAt }: OwnedPost) => ({
  postId,
  authorId,
  revision: 1,
  audience,
  language: null,
  createdAt,
  mentionedUserIds: [],
});

const searchable = ({ id: postId, authorId, audience, createdAt, text }: OwnedPost) => ({
  postId,
  authorId,
  audience,
  language: null,
  createdAt,
  text,
  contentWarning: null,
  isSensitive: false,
  isEdited: false,
  hasProducts: false,
  hasLinks: false,
  hasMentions: false,
  hashtags: [...new Set([...text.matchAll(/#(?<name>\S+)/gu)].map(({ groups }) => groups?.['name'] ?? ''))],
  media: [],
});
