import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Assertions, type ViewerClaims } from '@plaza/auth/assertion';
import { Gates } from '@plaza/auth/gate';
import { Passes } from '@plaza/auth/pass';
import { CallClient } from '@plaza/calls/call-client';
import { PeopleCache } from '@plaza/calls/people';
import type { CallContract } from '@plaza/calls/call-contract';
import { userStateChanged } from '@plaza/events/contracts/accounts.events';
import { publishingRules, usersByHandle, userStates } from '@plaza/calls/contracts/accounts.calls';
import { existingProducts } from '@plaza/calls/contracts/commerce.calls';
import { searchableUsers } from '@plaza/calls/contracts/search.calls';
import { importPhoto } from '@plaza/calls/contracts/content.calls';
import { relationEpochs, relations } from '@plaza/calls/contracts/social.calls';
import { assertionBody, type SubgraphPort } from '@plaza/calls/subgraph-port';
import { openDatabase } from '@plaza/db/database';
import { newId } from '@plaza/kernel/id';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import { toTypeId } from '@plaza/kernel/type-id';
import { doorBus } from '@plaza/events/door-bus';
import { InProcessBus } from '@plaza/live/in-process-bus';
import { createLogger } from '@plaza/telemetry/logger';
import type { AuthorState } from '@plaza/visibility/can-see';
import { type Relation, STRANGERS } from '@plaza/visibility/relation';
import express from 'express';
import sharp from 'sharp';
import type { z } from 'zod';
import type { SubgraphHost } from '@plaza/subgraph/subgraph-host';
import type { ContentConfig } from '../src/config.js';
import { startContent } from '../src/server.js';

/** Somebody with an account; null is a guest. */
export interface Person {
  /** The user's UUID. */
  readonly id: string;
  readonly handle: string;
  /** As the graph names them. */
  readonly userId: string;
}

/** What an answer holds: looked into freely, as a client does. */
export interface Answer {
  readonly data: Record<string, never>;
  readonly errors: readonly { readonly path?: readonly unknown[]; readonly extensions: Record<string, unknown> }[];
}

/** What stands at `publishPost.post.id` of an answer. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the test says what it expects to find
export function at<T = unknown>(answer: Answer, path: string): T {
  let value: unknown = answer.data;
  for (const step of path.split('.'))
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined;
  return value as T;
}

export const codesOf = (answer: Answer): readonly unknown[] => answer.errors.map(({ extensions }) => extensions['code']);

/** A photo that no other call gives. */
export async function photoBytes(width = 400, height = 300): Promise<Buffer> {
  const [r = 0, g = 0, b = 0] = randomBytes(3);
  return sharp({ create: { width, height, channels: 3, background: { r, g, b } } })
    .png()
    .toBuffer();
}

const publishMutation = `mutation ($input: PublishPostInput!) { publishPost(input: $input) { __typename
  ... on PublishPostOk { post { id revision text audience createdAt editedAt contentWarning isSensitive language author { id } media { id altText } products { id }
    entities { __typename start end ... on MentionEntity { user { id } } ... on HashtagEntity { hashtag { name } } ... on LinkEntity { url } } } }
  ... on UserError { code message } ... on ValidationError { fields { path message } } } }`;
const editMutation = `mutation ($input: EditPostInput!) { editPost(input: $input) { __typename
  ... on EditPostOk { post { id revision text editedAt audience contentWarning isSensitive media { id altText } products { id }
    revisions(first: 10) { edges { cursor node { number text contentWarning createdAt } } pageInfo { hasNextPage endCursor } } } }
  ... on RevisionConflictError { currentRevision } ... on UserError { code message } ... on ValidationError { fields { path message } } } }`;
const moveMutation = `mutation ($input: MoveMediaInput!) { moveMedia(input: $input) { __typename
  ... on MoveMediaOk { post { id revision text media { id altText } } }
  ... on RevisionConflictError { currentRevision } ... on UserError { code message } ... on ValidationError { fields { path message } } } }`;
const deleteMutation = `mutation ($input: DeletePostInput!) { deletePost(input: $input) { __typename
  ... on DeletePostOk { postId restorableUntil } ... on UserError { code message } } }`;
const restoreMutation = `mutation ($input: RestorePostInput!) { restorePost(input: $input) { __typename
  ... on RestorePostOk { post { id text revision createdAt media { id } } } ... on UserError { code message } } }`;
const referenceQuery = `query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename
  ... on Post { id ref gate text } ... on Media { id url altText } ... on User { id } } }`;

/** The subgraph behind its doors, on a database of its own; the rooms that it asks are tiny and say what the test tells them. */
export async function openContent(databaseUrl: string, config: Partial<ContentConfig> = {}) {
  const dataDir = await mkdtemp(join(tmpdir(), 'plaza-content-'));
  const secret = randomBytes(32);
  const assertions = new Assertions(secret);
  const time = { offset: 0 };
  const world = {
    states: new Map<string, AuthorState>(),
    handles: new Map<string, string>(),
    relations: new Map<string, Relation>(),
    products: new Set<string>(),
    /** Who wants to be reminded of alt texts. */
    wantAltText: new Set<string>(),
    down: new Set<SubgraphName>(),
    /** Calls that were answered, by name. */
    asked: [] as string[],
    epoch: 1,
  };

  const answers: Readonly<Record<string, (input: unknown) => unknown>> = {
    [userStates.name]: (input) => ({
      states: userStates.input.parse(input).userIds.flatMap((userId) => {
        const state = world.states.get(userId);
        return state === undefined ? [] : [{ userId, state, isLocked: false }];
      }),
    }),
    [publishingRules.name]: (input) => ({ requireAltText: world.wantAltText.has(publishingRules.input.parse(input).userId) }),
    [usersByHandle.name]: (input) => ({
      users: usersByHandle.input.parse(input).handles.flatMap((handle) => {
        const userId = world.handles.get(handle);
        return userId === undefined ? [] : [{ handle, userId }];
      }),
    }),
    [searchableUsers.name]: (input) => ({
      users: searchableUsers.input.parse(input).userIds.flatMap((userId) => {
        const [handle] = [...world.handles].find(([, id]) => id === userId) ?? [];
        if (handle === undefined) return [];
        return [{ userId, handle, state: 'ACTIVE', displayName: handle, bio: null, createdAt: new Date(0).toISOString() }];
      }),
    }),
    [relations.name]: (input) => {
      const { userId, otherIds } = relations.input.parse(input);
      return { relations: otherIds.map((otherId) => ({ ...(world.relations.get(`${userId} ${otherId}`) ?? STRANGERS), otherId })) };
    },
    [relationEpochs.name]: (input) => ({
      epochs: relationEpochs.input.parse(input).userIds.map((userId) => ({ userId, epoch: world.epoch })),
    }),
    [existingProducts.name]: (input) => ({
      productIds: existingProducts.input.parse(input).productIds.filter((id) => world.products.has(id)),
    }),
  };
  const ports = (name: SubgraphName): SubgraphPort => ({
    name,
    execute: () => Promise.reject(new Error('not asked in these tests')),
    subscribe: () => Promise.reject(new Error('not asked in these tests')),
    async call(call, input) {
      if (world.down.has(name)) throw new Error('away');
      world.asked.push(call);
      return answers[call]?.(input);
    },
    deliver: async () => undefined,
    ready: async () => true,
  });

  const web = express();
  const server = createServer(web);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const host: SubgraphHost = {
    databaseUrl,
    secret,
    assertions,
    calls: new CallClient('content', assertions, ports),
    people: new PeopleCache(),
    bus: new InProcessBus(),
    events: doorBus,
    ports,
    clock: { now: () => new Date(Date.now() + time.offset) },
    logger: createLogger('silent', 'content'),
    dataDir,
    publicUrl: origin,
  };
  let running = await startContent(host, config);
  web.use('/content', (request, response, next) => {
    // As the gateway does: whoever holds a token is vouched for; here the token is the user's id.
    const userId = request.get('authorization')?.replace(/^Bearer /u, '');
    delete request.headers['x-plaza-assertion'];
    if (userId !== undefined) {
      const viewer = { id: userId, sessionId: newId(), epoch: 0, scopes: ['full'] };
      const claims = { viewer, issuer: 'gateway', requestId: 'r', address: null, userAgent: null };
      request.headers['x-plaza-assertion'] = assertions.mint(claims, 'content', assertionBody.route(request.method, request.originalUrl));
    }
    running.routes?.(request, response, next);
  });
  const database = openDatabase({ url: databaseUrl, prisma: () => ({ $disconnect: async () => {} }) });

  const viewerOf = (person: Person | null): ViewerClaims | null =>
    person === null ? null : { id: person.id, sessionId: newId(), epoch: world.epoch, scopes: ['full'] };

  /** Asks as the gateway does. */
  async function ask(as: Person | null, query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
    const request = { query, variables };
    const claims = { viewer: viewerOf(as), issuer: 'gateway', requestId: 'r', address: null, userAgent: null };
    const result = await running.execute(request, assertions.mint(claims, 'content', assertionBody.execute(request)));
    return JSON.parse(JSON.stringify({ data: result.data ?? {}, errors: result.errors ?? [] })) as Answer;
  }

  /** Opens a subscription as the gateway does. @throws Error for one that is refused */
  async function subscribe(as: Person | null, query: string, variables: Record<string, unknown> = {}) {
    const request = { query, variables };
    const claims = { viewer: viewerOf(as), issuer: 'gateway', requestId: 'r', address: null, userAgent: null };
    const stream = await running.subscribe(request, assertions.mint(claims, 'content', assertionBody.subscribe(request)));
    if (!(Symbol.asyncIterator in stream)) throw new Error(JSON.stringify(stream));
    return stream;
  }

  /** Asks as another subgraph does. */
  async function call<Input extends z.ZodType, Output extends z.ZodType>(
    as: Person | null,
    contract: CallContract<Input, Output>,
    input: z.input<Input>,
    issuer = 'social',
  ): Promise<z.output<Output>> {
    const claims = { viewer: viewerOf(as), issuer, requestId: 'r', address: null, userAgent: null };
    return contract.output.parse(
      await running.call(contract.name, input, assertions.mint(claims, 'content', assertionBody.call(contract.name, input))),
    );
  }

  let people = 0;
  function person(handle = `person_${(people += 1)}`): Person {
    const id = newId();
    world.states.set(id, 'ACTIVE');
    world.handles.set(handle, id);
    return { id, handle, userId: toTypeId('user', id) };
  }

  function relate(one: Person, other: Person, change: Partial<Relation>): void {
    const known = world.relations.get(`${one.id} ${other.id}`) ?? STRANGERS;
    const now = { ...known, ...change };
    world.relations.set(`${one.id} ${other.id}`, now);
    const { isFollowing: isFollowedBy, isFollowedBy: isFollowing, blocks: isBlockedBy, isBlockedBy: blocks } = now;
    world.relations.set(`${other.id} ${one.id}`, {
      ...(world.relations.get(`${other.id} ${one.id}`) ?? STRANGERS),
      isFollowedBy,
      isFollowing,
      isBlockedBy,
      blocks,
    });
    world.epoch += 1;
  }

  const publish = (as: Person | null, input: Record<string, unknown> = {}) =>
    ask(as, publishMutation, { input: { idempotencyKey: newId(), text: 'Hello.', ...input } });

  return {
    ask,
    subscribe,
    call,
    person,
    publish,
    world,
    time,
    gates: new Gates(secret),
    passes: new Passes(secret),
    get running() {
      return running;
    },
    /** Stops the subgraph and starts it on the same data. `between` runs while it is down. */
    async restart(between: () => Promise<void> = async () => undefined): Promise<void> {
      await running.stop();
      await between();
      running = await startContent(host, config);
    },
    origin,
    dataDir,
    sql: database.sql,
    follow: (follower: Person, followee: Person) => relate(follower, followee, { isFollowing: true }),
    block: (blocker: Person, blocked: Person) => relate(blocker, blocked, { blocks: true, isFollowing: false, isFollowedBy: false }),
    relate,
    /** As accounts does it: the state, then the event. */
    async setState(person: Person, state: AuthorState): Promise<void> {
      world.states.set(person.id, state);
      const payload = { userId: person.id, state };
      const event = { id: newId(), type: userStateChanged.type, key: person.id, occurredAt: new Date().toISOString(), payload };
      const claims = { viewer: null, issuer: 'accounts', requestId: 'r', address: null, userAgent: null };
      await running.deliver([event], assertions.mint(claims, 'content', assertionBody.deliver([event])));
    },
    /** A post's id in the graph. */
    async post(as: Person, input: Record<string, unknown> = {}): Promise<string> {
      const answer = await publish(as, input);
      const id = at<string | undefined>(answer, 'publishPost.post.id');
      if (id === undefined) throw new Error(`not published: ${JSON.stringify(answer)}`);
      return id;
    },
    edit: (as: Person | null, postId: string, expectedRevision: number, input: Record<string, unknown>) =>
      ask(as, editMutation, { input: { postId, expectedRevision, ...input } }),
    moveMedia: (as: Person | null, input: Record<string, unknown>) => ask(as, moveMutation, { input }),
    delete: (as: Person | null, postId: string) => ask(as, deleteMutation, { input: { postId } }),
    restore: (as: Person | null, postId: string) => ask(as, restoreMutation, { input: { postId } }),
    /** What another subgraph's stub of these types brings. */
    references: async (as: Person | null, ...representations: readonly Record<string, unknown>[]) =>
      at<(Record<string, never> | null)[]>(await ask(as, referenceQuery, { representations }), '_entities'),
    /** A READY photo's id in the graph. */
    async photo(as: Person, bytes?: Buffer): Promise<string> {
      const base64 = (bytes ?? (await photoBytes())).toString('base64');
      return toTypeId('media', (await call(as, importPhoto, { fileName: 'x.png', base64 })).mediaId);
    },
    product(): string {
      const id = newId();
      world.products.add(id);
      return toTypeId('product', id);
    },
    /** The facts that were stated, the oldest first. */
    events: () =>
      database.sql<{ type: string; key: string; payload: Record<string, unknown> }>`SELECT type, key, payload FROM outbox ORDER BY seq`,
    async close(): Promise<void> {
      await running.stop();
      await database.close();
      server.closeAllConnections();
      server.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export type ContentUnderTest = Awaited<ReturnType<typeof openContent>>;
