import { setTimeout as pause } from 'node:timers/promises';
import { userStates } from '@plaza/calls/contracts/accounts.calls';
import { existingProducts } from '@plaza/calls/contracts/commerce.calls';
import { ownMedia, visiblePosts } from '@plaza/calls/contracts/content.calls';
import { relationEpochs, relations } from '@plaza/calls/contracts/social.calls';
import { assertionBody, type SubgraphPort } from '@plaza/calls/subgraph-port';
import { type Database, openDatabase } from '@plaza/db/database';
import { newId } from '@plaza/kernel/id';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import { toTypeId } from '@plaza/kernel/type-id';
import type { RunningSubgraph } from '@plaza/subgraph/running-subgraph';
import { InProcessBus } from '@plaza/live/in-process-bus';
import { createLogger, type LogLevel } from '@plaza/telemetry/logger';
import { createDatabases } from '@plaza/testing/databases';
import { gatewayAt, testHost, viewerClaims } from '@plaza/testing/subgraph-door';
import { type Relation, STRANGERS } from '@plaza/visibility/relation';
import type { MessagingConfig } from '../src/config.js';
import { startMessaging } from '../src/server.js';

/** What the other rooms say; tests change it. Everybody is an active stranger to everybody. */
export interface Others {
  /** `${viewer} ${other}` */
  readonly relations: Map<string, Relation>;
  /** Who blocks whom: raises the epochs of both, as social does. */
  readonly epochs: Map<string, number>;
  /** `${viewer} ${post}` */
  readonly seenPosts: Set<string>;
  readonly products: Set<string>;
  readonly media: Set<string>;
}

/** What came of a mutation, or an event: looked into freely, as a client does. */
export interface Payload {
  readonly __typename: string;
  readonly code?: string;
  readonly fields?: readonly { readonly path: string }[];
  // oxlint-disable-next-line typescript/no-explicit-any -- many shapes
  readonly [field: string]: any;
}

/** Every event of `inbox`. */
const INBOX = `subscription ($after: String) { inbox(after: $after) {
  __typename cursor
  ... on MessageAdded { message { seq text conversation { id unreadCount } sender { id } } }
  ... on MessageEdited { message { seq text } }
  ... on MessageReacted { message { seq } }
  ... on MessageDeleted { conversationId seq }
  ... on MessageRead { conversation { id } user { id } seq }
  ... on ConversationChanged { conversation { id } }
  ... on TypingChanged { conversation { id } user { id } isTyping }
  ... on Resync { reason }
} }`;

const QUIET_MS = 20_000;

/** Somebody who listens to their inbox: takes what comes as it comes. */
export class Listener {
  readonly told: Payload[] = [];
  ended: { readonly error: unknown } | null = null;
  readonly #stream: AsyncIterator<unknown>;

  constructor(stream: AsyncIterator<unknown>) {
    this.#stream = stream;
    void this.#take();
  }

  /** Numbers and texts of the messages that came. */
  get messages(): readonly string[] {
    return this.told.filter(({ __typename }) => __typename === 'MessageAdded').map(({ message }) => `${message.seq} ${message.text}`);
  }

  /** @throws when it is not so and nothing has come for twenty seconds */
  async until(isSo: (told: readonly Payload[]) => boolean): Promise<void> {
    for (let [seen, end] = [0, Date.now() + QUIET_MS]; !isSo(this.told); await pause(2)) {
      if (this.told.length > seen) [seen, end] = [this.told.length, Date.now() + QUIET_MS];
      if (Date.now() > end || this.ended !== null) throw new Error(`still waiting with ${JSON.stringify([this.told, this.ended])}`);
    }
  }

  async leave(): Promise<void> {
    await this.#stream.return?.();
  }

  async #take(): Promise<void> {
    try {
      for (;;) {
        const next = await this.#stream.next();
        if (next.done === true) return;
        const { data, errors } = JSON.parse(JSON.stringify(next.value));
        if (errors !== undefined) throw new Error(JSON.stringify(errors));
        if (data != null) this.told.push(data.inbox);
      }
    } catch (error) {
      this.ended = { error };
    }
  }
}

/** Messaging with a database of its own, and the other rooms as far as it asks them. */
export class MessagingUnderTest {
  readonly others: Others = { relations: new Map(), epochs: new Map(), seenPosts: new Set(), products: new Set(), media: new Set() };
  running!: RunningSubgraph;
  /** Everybody's home, and the first shard. */
  database!: Database<unknown>;
  /** Of the others, in their order. */
  shards: readonly Database<unknown>[] = [];
  /** What the processes of this messaging tell each other by. */
  readonly bus = new InProcessBus();
  /** Of all shards, the home first. */
  urls: readonly string[] = [];
  #stop: (() => Promise<void>)[] = [];
  #restart!: () => Promise<RunningSubgraph>;

  /** @param shards databases for conversations beside the home */
  static async start({
    shards = 0,
    ...options
  }: Partial<MessagingConfig> & { readonly shards?: number } = {}): Promise<MessagingUnderTest> {
    const world = new MessagingUnderTest();
    const databases = await createDatabases(['messaging']);
    const more = await Promise.all(Array.from({ length: shards }, async () => createDatabases(['messaging'])));
    const shardUrls = more.map(({ urls }) => urls.messaging);
    const open = (url: string) => openDatabase({ url, poolSize: 2, prisma: () => ({ $disconnect: async () => {} }) });
    world.#restart = async () =>
      startMessaging(
        {
          ...testHost('messaging', databases.urls.messaging, '/nowhere', (name) => world.#port(name)),
          bus: world.bus,
          logger: createLogger((process.env['PLAZA_TEST_LOG'] ?? 'silent') as LogLevel, 'messaging'), // pino refuses any other word
        },
        { shardUrls, ...options },
      );
    world.running = await world.#restart();
    world.database = open(databases.urls.messaging);
    world.shards = shardUrls.map(open);
    world.urls = [databases.urls.messaging, ...shardUrls];
    world.#stop = [
      () => world.running.stop(),
      ...[world.database, ...world.shards].map((database) => () => database.close()),
      ...[databases, ...more].map(({ drop }) => drop),
    ];
    return world;
  }

  async stop(): Promise<void> {
    for (const end of this.#stop) await end();
  }

  async restart(): Promise<void> {
    await this.running.stop();
    this.running = await this.#restart();
  }

  /** Another process of the same subgraph. */
  async another(): Promise<RunningSubgraph> {
    return this.#restart();
  }

  /** Runs a mutation by its name; the payload with everything that a test may want. `reason` is an error's message: a field `message` may be something else. */
  async does(viewerId: string | null, name: string, input: Record<string, unknown>, selection = ''): Promise<Payload> {
    const type = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
    const query = `mutation ($input: ${type}Input!) { ${name}(input: $input) { __typename ... on UserError { code reason: message } ${selection} } }`;
    const answer = await this.asks(viewerId, query, { input });
    return answer[name] as Payload;
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- many shapes
  async asks(viewerId: string | null, query: string, variables: Record<string, unknown> = {}): Promise<any> {
    const { data, errors } = await gatewayAt(this.running)(query, variables, this.#claims(viewerId));
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    return data;
  }

  /** What stands under `me`. */
  async me(viewerId: string, selection: string): Promise<Payload> {
    return (await this.asks(viewerId, `{ me { ${selection} } }`)).me;
  }

  async conversation(viewerId: string | null, id: string, selection: string): Promise<Payload | null> {
    const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Conversation { ${selection} } } }`;
    return (await this.asks(viewerId, query, { of: [{ __typename: 'Conversation', id }] }))._entities[0];
  }

  /** Starts a conversation; its id as in the graph. */
  async starts(viewerId: string, otherIds: readonly string[], kind: 'DIRECT' | 'GROUP' = 'DIRECT'): Promise<string> {
    const started = await this.does(
      viewerId,
      'startConversation',
      {
        idempotencyKey: newId(),
        kind,
        memberIds: otherIds.map((id) => toTypeId('user', id)),
        ...(kind === 'GROUP' ? { title: 'Tea' } : {}),
      },
      '... on ValidationError { fields { path } } ... on StartConversationOk { conversation { id } }',
    );
    if (started.__typename !== 'StartConversationOk') throw new Error(JSON.stringify(started));
    return started['conversation'].id;
  }

  async says(viewerId: string, conversationId: string, text: string | null, more: Record<string, unknown> = {}): Promise<Payload> {
    return this.does(
      viewerId,
      'sendMessage',
      { conversationId, clientMessageId: newId(), ...(text === null ? {} : { text }), ...more },
      `... on ValidationError { fields { path } } ... on SendMessageOk { message {
        id seq text isHidden isDeleted sender { id } replyTo { seq text } media { pass } shared { __typename ... on Post { ref } ... on Product { ref } }
        conversation { id unreadCount } } }`,
    );
  }

  async reads(viewerId: string, conversationId: string, seq: number): Promise<Payload> {
    return this.does(
      viewerId,
      'markRead',
      { conversationId, seq },
      '... on ValidationError { fields { path } } ... on MarkReadOk { conversation { id unreadCount } }',
    );
  }

  /** Numbers and texts of a conversation's last messages. */
  async texts(viewerId: string, conversationId: string, last = 100): Promise<readonly string[]> {
    const seen = await this.conversation(viewerId, conversationId, `messages(last: ${last}) { edges { node { seq text } } }`);
    return seen?.['messages'].edges.map(({ node }: { node: Payload }) => `${node['seq']} ${node['text']}`) ?? [];
  }

  async listens(viewerId: string, after?: string): Promise<Listener> {
    const request = { query: INBOX, variables: after === undefined ? {} : { after } };
    const claims = { viewer: this.#claims(viewerId), issuer: 'gateway', requestId: newId(), address: null, userAgent: null };
    const host = testHost('messaging', '', '');
    const stream = await this.running.subscribe(request, host.assertions.mint(claims, 'messaging', assertionBody.subscribe(request)));
    if (!(Symbol.asyncIterator in stream)) throw new Error(JSON.stringify(stream));
    return new Listener(stream);
  }

  blocks(blockerId: string, blockedId: string): void {
    const { relations: known, epochs } = this.others;
    known.set(`${blockerId} ${blockedId}`, { ...STRANGERS, blocks: true });
    known.set(`${blockedId} ${blockerId}`, { ...STRANGERS, isBlockedBy: true });
    for (const id of [blockerId, blockedId]) epochs.set(id, (epochs.get(id) ?? 0) + 1);
  }

  #claims(viewerId: string | null) {
    return viewerId === null ? null : { ...viewerClaims(viewerId), epoch: this.others.epochs.get(viewerId) ?? 0 };
  }

  #port(name: SubgraphName): SubgraphPort {
    const { others } = this;
    const answers: Readonly<Record<string, (input: unknown, viewerId: string) => unknown>> = {
      [userStates.name]: (input) => ({
        states: userStates.input.parse(input).userIds.map((userId) => ({ userId, state: 'ACTIVE', isLocked: false })),
      }),
      [relationEpochs.name]: (input) => ({
        epochs: relationEpochs.input.parse(input).userIds.map((userId) => ({ userId, epoch: others.epochs.get(userId) ?? 0 })),
      }),
      [relations.name]: (input) => {
        const { userId, otherIds } = relations.input.parse(input);
        return { relations: otherIds.map((otherId) => ({ ...(others.relations.get(`${userId} ${otherId}`) ?? STRANGERS), otherId })) };
      },
      [visiblePosts.name]: (input, viewerId) => ({
        posts: visiblePosts.input
          .parse(input)
          .postIds.filter((postId) => others.seenPosts.has(`${viewerId} ${postId}`))
          .map((postId) => ({ postId, authorId: newId(), audience: 'PUBLIC' })),
      }),
      [existingProducts.name]: (input) => ({
        productIds: existingProducts.input.parse(input).productIds.filter((id) => others.products.has(id)),
      }),
      [ownMedia.name]: (input) => ({ mediaIds: ownMedia.input.parse(input).mediaIds.filter((id) => others.media.has(id)) }),
    };
    const nothing = (): never => {
      throw new Error('not asked in these tests');
    };
    return {
      name,
      execute: nothing,
      subscribe: nothing,
      deliver: nothing,
      ready: async () => true,
      async call(callName, input, assertion) {
        const answer = answers[callName];
        if (answer === undefined) throw new Error(`${callName} is not asked in these tests`);
        const { viewer } = testHost('messaging', '', '').assertions.verify(assertion, name, assertionBody.call(callName, input));
        return answer(input, viewer?.id ?? '');
      },
    };
  }
}
