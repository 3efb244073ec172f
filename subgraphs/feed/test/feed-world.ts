import { randomBytes } from 'node:crypto';
import { Assertions } from '@plaza/auth/assertion';
import { CallClient } from '@plaza/calls/call-client';
import { PeopleCache } from '@plaza/calls/people';
import { existingProducts } from '@plaza/calls/contracts/commerce.calls';
import { postSnapshot, postSubjects, visiblePosts } from '@plaza/calls/contracts/content.calls';
import {
  commentSnapshot,
  followRequestSnapshot,
  followSnapshot,
  likeSnapshot,
  relationEpochs,
  relations,
  repostSnapshot,
} from '@plaza/calls/contracts/social.calls';
import { userStates } from '@plaza/calls/contracts/accounts.calls';
import { assertionBody, type SubgraphPort } from '@plaza/calls/subgraph-port';
import type { EventEnvelope } from '@plaza/events/envelope';
import { unavailable } from '@plaza/kernel/fault';
import { newId } from '@plaza/kernel/id';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import { fromTypeId, toTypeId } from '@plaza/kernel/type-id';
import { doorBus } from '@plaza/events/door-bus';
import { InProcessBus } from '@plaza/live/in-process-bus';
import type { RunningSubgraph } from '@plaza/subgraph/running-subgraph';
import { createDatabases } from '@plaza/testing/databases';
import type { AuthorState } from '@plaza/visibility/can-see';
import pg from 'pg';
import { pino } from 'pino';
import type { z } from 'zod';
import type { FeedConfig } from '../src/config.js';
import { startFeed } from '../src/server.js';
import { postOfId } from './ids.js';
import { LIVE, LiveFeed } from './live-feed.js';
import { type Follow, Truth } from './truth.js';

export const FOLLOW_DEFAULTS: Pick<Follow, 'reposts' | 'languages'> = { reposts: true, languages: [] };

const CONFIG: FeedConfig = { pushMaxFollowers: 10_000, timelineCapacity: 1_000, keepReaderDays: 30, readersPerSlice: 5_000 };

/** An edge as a client sees it, with UUIDs for TypeIDs. */
export interface Edge {
  readonly cursor: string;
  readonly insertedAt: string;
  readonly kind: string;
  readonly actorId: string;
  readonly postId: string;
}

export interface Feed {
  readonly edges: readonly Edge[];
  readonly liveCursor: string;
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
}

interface Answer {
  readonly feed: Feed | null;
  readonly errors: readonly { readonly code: unknown; readonly path: readonly (string | number)[] | undefined }[];
}

const HOME = `query ($of: [_Any!]!, $first: Int!, $after: String) {
  _entities(representations: $of) { ... on Viewer { homeFeed(first: $first, after: $after) {
    liveCursor
    edges { cursor insertedAt source { kind user { id } } node { __typename ... on Post { id } } }
    pageInfo { endCursor hasNextPage }
  } } }
}`;

/**
 * The feed subgraph on a database of its own, in a small world: what owners know is `truth`, and what they would publish is delivered by hand, so
 * that a test decides about the order.
 */
export class FeedWorld {
  readonly truth = new Truth();
  readonly url: string;
  readonly pool: pg.Pool;
  readonly secret: Uint8Array;
  readonly #drop: () => Promise<void>;
  readonly #assertions: Assertions;
  #feed!: RunningSubgraph;
  now = new Date('2026-11-01T12:00:00Z');
  /** Owners that do not answer. */
  readonly dead = new Set<SubgraphName>();
  readonly hiddenPosts = new Set<string>();
  readonly muted = new Set<string>();
  readonly blocked = new Set<string>();
  /** `who whom`: relations of two, where the sets above are everybody's. */
  readonly blocks = new Set<string>();
  readonly mutes = new Set<string>();
  /** Whether content looks at follows for posts that are not for everybody. */
  isStrict = false;
  readonly states = new Map<string, AuthorState>();
  readonly locked = new Set<string>();
  readonly undiscoverable = new Set<string>();
  /** What posts are about; without an entry: nothing. */
  readonly subjects = new Map<string, Partial<z.infer<typeof postSubjects.output>['posts'][number]>>();
  /** What social would tell of likes, comments and requests. */
  readonly likes: z.infer<typeof likeSnapshot.output>['likes'] = [];
  readonly comments: z.infer<typeof commentSnapshot.output>['comments'] = [];
  readonly requests: z.infer<typeof followRequestSnapshot.output>['requests'] = [];
  /** How often content was asked for visible posts. */
  visibilityCalls = 0;
  #epoch = 1;

  constructor(url: string, drop: () => Promise<void>, secret: Uint8Array) {
    this.url = url;
    this.pool = new pg.Pool({ connectionString: url, max: 2 });
    this.pool.on('error', () => undefined);
    this.#drop = drop;
    this.secret = secret;
    this.#assertions = new Assertions(secret);
  }

  static async open(config: Partial<FeedConfig> = {}): Promise<FeedWorld> {
    const databases = await createDatabases(['feed']);
    const secret = randomBytes(32);
    const world = new FeedWorld(databases.urls.feed, databases.drop, secret);
    const ports = (name: SubgraphName) => world.#port(name);
    world.#feed = await startFeed(
      {
        databaseUrl: databases.urls.feed,
        secret,
        assertions: world.#assertions,
        calls: new CallClient('feed', world.#assertions, ports),
        people: new PeopleCache(),
        bus: new InProcessBus(),
        events: doorBus,
        ports,
        clock: { now: () => world.now },
        logger: pino({ level: process.env['PLAZA_LOG_LEVEL'] ?? 'silent' }),
        dataDir: '/nonexistent',
        publicUrl: 'http://localhost:4000',
      },
      { ...CONFIG, ...config },
    );
    return world;
  }

  async close(): Promise<void> {
    await this.#feed.stop();
    await this.pool.end();
    await this.#drop();
  }

  /** A relation changed: what processes remember of it does not count any more. */
  newEpoch(): void {
    this.#epoch += 1;
  }

  async deliver(...events: readonly EventEnvelope[]): Promise<void> {
    const claims = { viewer: null, issuer: 'content', requestId: newId(), address: null, userAgent: null };
    await this.#feed.deliver(events, this.#assertions.mint(claims, 'feed', assertionBody.deliver(events)));
  }

  async ask(call: { readonly name: string }): Promise<unknown> {
    const claims = { viewer: null, issuer: 'gateway', requestId: newId(), address: null, userAgent: null };
    return this.#feed.call(call.name, {}, this.#assertions.mint(claims, 'feed', assertionBody.call(call.name, {})));
  }

  /** What an operator, or somebody who is none, is answered to a query of their own. */
  async query(
    query: string,
    variables: Readonly<Record<string, unknown>>,
    viewer: { readonly id: string; readonly scopes: readonly string[] },
  ) {
    const request = { query, variables };
    const claims = {
      viewer: { sessionId: newId(), epoch: this.#epoch, ...viewer },
      issuer: 'gateway',
      requestId: newId(),
      address: null,
      userAgent: null,
    };
    return this.#feed.execute(request, this.#assertions.mint(claims, 'feed', assertionBody.execute(request)));
  }

  async answer(
    userId: string | null,
    args: { readonly first: number; readonly after?: string | null },
    ofId = userId ?? newId(),
  ): Promise<Answer> {
    const viewer = userId === null ? null : { id: userId, sessionId: newId(), epoch: this.#epoch, scopes: [] };
    const request = { query: HOME, variables: { of: [{ __typename: 'Viewer', id: toTypeId('viewer', ofId) }], after: null, ...args } };
    const claims = { viewer, issuer: 'gateway', requestId: newId(), address: null, userAgent: null };
    const result = await this.#feed.execute(request, this.#assertions.mint(claims, 'feed', assertionBody.execute(request)));
    const data = result.data as { _entities: ({ homeFeed: WireFeed | null } | null)[] } | null | undefined; // what HOME selects
    return {
      feed: toFeed(data?._entities[0]?.homeFeed ?? null),
      errors: (result.errors ?? []).map(({ extensions, path }) => ({ code: extensions['code'], path })),
    };
  }

  /** Any operation of the subgraph's own schema. */
  async graphql(query: string, variables: Readonly<Record<string, unknown>>, userId: string | null) {
    const viewer = userId === null ? null : { id: userId, sessionId: newId(), epoch: this.#epoch, scopes: [] };
    const claims = { viewer, issuer: 'gateway', requestId: newId(), address: null, userAgent: null };
    const request = { query, variables };
    return this.#feed.execute(request, this.#assertions.mint(claims, 'feed', assertionBody.execute(request)));
  }

  /** A page of somebody's home feed. */
  async home(userId: string, args: { readonly first?: number; readonly after?: string | null } = {}): Promise<Feed> {
    const { feed, errors } = await this.answer(userId, { first: 100, ...args });
    if (feed === null) throw new Error(`no feed: ${JSON.stringify(errors)}`);
    return feed;
  }

  /** Everything in somebody's home feed, page by page. */
  async wholeHome(userId: string, first = 100): Promise<readonly Edge[]> {
    const edges: Edge[] = [];
    for (let after: string | null = null; ;) {
      const page: Feed = await this.home(userId, { first, after });
      edges.push(...page.edges);
      if (!page.hasNextPage) return edges;
      after = page.endCursor;
    }
  }

  /** Reads until a timeline is kept for them. */
  async becomesReader(userId: string): Promise<void> {
    await this.home(userId, { first: 1 });
    await this.settled();
  }

  /** An empty delivery waits for the timelines. */
  async settled(): Promise<void> {
    await this.deliver();
  }

  /** Nobody, nothing, nothing hidden: as on the first day. */
  async forgetAll(): Promise<void> {
    await this.pool.query(
      `TRUNCATE timeline_entry, reader, feed_item, followee, author_mode, refresh_task, post_reaction, trend_post, account_standing, trend,
         query_salt, query_use, trending_query, follow_ask, suggestion_dismissal`,
    );
    for (const memory of [this.truth.posts, this.truth.follows, this.truth.reposts, this.states, this.subjects]) memory.clear();
    for (const memory of [this.dead, this.hiddenPosts, this.muted, this.blocked, this.locked, this.undiscoverable]) memory.clear();
    for (const memory of [this.likes, this.comments, this.requests]) memory.length = 0;
    this.newEpoch();
  }

  /** Opens somebody's live feed. */
  async watch(userId: string, after: string | null = null): Promise<LiveFeed> {
    const viewer = { id: userId, sessionId: newId(), epoch: this.#epoch, scopes: [] };
    const request = { query: LIVE, variables: { after } };
    const claims = { viewer, issuer: 'gateway', requestId: newId(), address: null, userAgent: null };
    const stream = await this.#feed.subscribe(request, this.#assertions.mint(claims, 'feed', assertionBody.subscribe(request)));
    if (!(Symbol.asyncIterator in stream)) throw new Error(JSON.stringify(stream));
    return new LiveFeed(stream);
  }

  async flushTimelines(): Promise<void> {
    await this.pool.query('TRUNCATE timeline_entry, reader');
  }

  async entriesOf(userId: string): Promise<readonly { post_id: string; actor_id: string; kind: string; at: Date }[]> {
    const { rows } = await this.pool.query<{ post_id: string; actor_id: string; kind: string; at: Date }>(
      'SELECT post_id, actor_id, kind, at FROM timeline_entry WHERE user_id = $1 ORDER BY at DESC, post_id DESC',
      [userId],
    );
    return rows;
  }

  #port(name: SubgraphName): SubgraphPort | undefined {
    if (this.dead.has(name)) return undefined;
    const call = async (full: string, input: unknown, assertion: string): Promise<unknown> => {
      const { viewer } = this.#assertions.verify(assertion, name, assertionBody.call(full, input));
      if (this.dead.has(name)) throw unavailable(name);
      switch (full) {
        case visiblePosts.name:
          return this.#visible(visiblePosts.input.parse(input).postIds, viewer?.id ?? null);
        case userStates.name:
          return {
            states: userStates.input.parse(input).userIds.map((userId) => ({
              userId,
              state: this.states.get(userId) ?? 'ACTIVE',
              isLocked: this.locked.has(userId),
              isDiscoverable: !this.undiscoverable.has(userId),
            })),
          };
        case relationEpochs.name:
          return { epochs: relationEpochs.input.parse(input).userIds.map((userId) => ({ userId, epoch: this.#epoch })) };
        case relations.name:
          return { relations: this.#relations(relations.input.parse(input)) };
        case postSnapshot.name:
          return pageOf('posts', this.truth.postRows(), ({ postId }) => postId, postSnapshot.input.parse(input));
        case followSnapshot.name:
          return pageOf('follows', this.truth.followRows(), ({ id }) => id, followSnapshot.input.parse(input));
        case repostSnapshot.name:
          return pageOf('reposts', this.truth.repostRows(), ({ id }) => id, repostSnapshot.input.parse(input));
        case postSubjects.name:
          return { posts: this.#subjectsOf(postSubjects.input.parse(input).postIds) };
        case existingProducts.name:
          return existingProducts.input.parse(input);
        case likeSnapshot.name:
          return { likes: this.likes, nextAfter: null };
        case commentSnapshot.name:
          return { comments: this.comments, nextAfter: null };
        case followRequestSnapshot.name:
          return { requests: this.requests, nextAfter: null };
        default:
          throw new Error(`nobody answers ${full}`);
      }
    };
    const nothing = (): never => {
      throw new Error('not here');
    };
    return { name, execute: nothing, subscribe: nothing, call, deliver: nothing, ready: async () => true };
  }

  #visible(postIds: readonly string[], viewerId: string | null) {
    this.visibilityCalls += 1;
    const posts = postIds.flatMap((postId) => {
      const post = this.truth.posts.get(postId);
      if (post === undefined || post.isDeleted || this.hiddenPosts.has(postId)) return [];
      if (post.audience === 'ONLY_ME' && post.authorId !== viewerId) return [];
      if (viewerId !== null && (this.#isBlocked(viewerId, post.authorId) || (this.isStrict && !this.#isFor(viewerId, post)))) return [];
      return [{ postId, authorId: post.authorId, audience: post.audience }];
    });
    return { posts };
  }

  #subjectsOf(postIds: readonly string[]) {
    return postIds.flatMap((postId) => {
      const post = this.truth.posts.get(postId);
      if (post === undefined || post.isDeleted || post.audience !== 'PUBLIC') return [];
      return [{ postId, isSensitive: false, hashtags: [], links: [], productIds: [], ...this.subjects.get(postId) }];
    });
  }

  #isBlocked(one: string, other: string): boolean {
    return this.blocks.has(`${one} ${other}`) || this.blocks.has(`${other} ${one}`);
  }

  #isFor(viewerId: string, { authorId, audience }: { readonly authorId: string; readonly audience: string }): boolean {
    if (audience === 'PUBLIC' || authorId === viewerId) return true;
    if (this.truth.followOf(viewerId, authorId) === undefined) return false;
    return audience === 'FOLLOWERS' || this.truth.followOf(authorId, viewerId) !== undefined;
  }

  #relations({ userId, otherIds }: { readonly userId: string; readonly otherIds: readonly string[] }) {
    return otherIds.map((otherId) => ({
      otherId,
      isFollowing: this.truth.followOf(userId, otherId) !== undefined,
      isFollowedBy: this.truth.followOf(otherId, userId) !== undefined,
      blocks: this.blocks.has(`${userId} ${otherId}`),
      isBlockedBy: this.blocked.has(otherId) || this.blocks.has(`${otherId} ${userId}`),
      mutes: this.muted.has(otherId) || this.mutes.has(`${userId} ${otherId}`),
    }));
  }
}

/** A small page size whatever is asked for, so that paging is seen. */
function pageOf<Row>(name: string, rows: readonly Row[], idOf: (row: Row) => string, { after }: { readonly after: string | null }) {
  const sorted = rows.filter((row) => after === null || idOf(row) > after).toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  const page = sorted.slice(0, 7);
  const last = page.at(-1);
  return { [name]: page, nextAfter: sorted.length > page.length && last !== undefined ? idOf(last) : null };
}

interface WireFeed {
  readonly liveCursor: string;
  readonly edges: readonly {
    readonly cursor: string;
    readonly insertedAt: Date;
    readonly source: { readonly kind: string; readonly user: { readonly id: string } };
    readonly node: { readonly id: string };
  }[];
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
}

function toFeed(feed: WireFeed | null): Feed | null {
  if (feed === null) return null;
  return {
    liveCursor: feed.liveCursor,
    edges: feed.edges.map(({ cursor, insertedAt, source, node }) => ({
      cursor,
      insertedAt: new Date(insertedAt).toISOString(),
      kind: source.kind,
      actorId: fromTypeId('user', source.user.id) ?? '',
      postId: postOfId(node.id),
    })),
    ...feed.pageInfo,
  };
}
