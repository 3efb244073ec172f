import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DEFAULT_LIMITS } from '@plaza/gateway/limits/limits';
import { type GatewayOptions, startGateway } from '@plaza/gateway/server';
import { newId } from '@plaza/kernel/id';
import { SUBGRAPH_NAMES, type SubgraphName } from '@plaza/kernel/subgraph-name';
import { toTypeId, typeIdPrefix } from '@plaza/kernel/type-id';
import { httpHost } from '@plaza/subgraph/http-host';
import type { RunningSubgraph } from '@plaza/subgraph/running-subgraph';
import type { Guest, Person } from '@plaza/testing/people';
import { inProcess } from '@plaza/testing/run-in-process';
import { startWorld, type World } from '@plaza/testing/world';
import { rooms } from '../rooms.js';
import { MARK } from './mark.js';
import type { Door } from './transports.js';

export const PROFILES = ['demo', 'production'] as const;
export type Profile = (typeof PROFILES)[number];

/** The site whose pages may open sockets and read answers in production. */
export const OWN_SITE = 'https://plaza.example';

/** A Plaza with a door of each profile, and every subgraph on a port of its own as in its own process. */
export interface Stage {
  readonly world: World;
  readonly doors: Readonly<Record<Profile, Door>>;
  readonly ports: Readonly<Record<SubgraphName, string>>;
  stop(): Promise<void>;
}

/** One Plaza for all attacks. */
export async function setStage(): Promise<Stage> {
  const running = new Map<SubgraphName, RunningSubgraph>();
  const origins: Partial<Record<Profile, Door>> = {};
  const subgraphs = Object.fromEntries(
    SUBGRAPH_NAMES.map((name) => [
      name,
      async (host: Parameters<(typeof rooms.subgraphs)[typeof name]>[0]) => {
        const subgraph = await rooms.subgraphs[name](host);
        running.set(name, subgraph);
        return subgraph;
      },
    ]),
  ) as typeof rooms.subgraphs; // of the same names
  const world = await startWorld(
    inProcess({
      subgraphs,
      async gateway(options) {
        const common: Omit<GatewayOptions, 'profile'> = {
          ...options,
          patience: { readMs: 60_000, writeMs: 60_000 },
          limits: { ...DEFAULT_LIMITS, rate: { address: { requests: 0, seconds: 60 }, account: { requests: 0, seconds: 60 } } },
        };
        const demo = await startGateway({ ...common, profile: 'demo' });
        const production = await startGateway({ ...common, port: 0, profile: 'production', corsOrigins: [OWN_SITE] });
        origins.demo = { origin: `http://127.0.0.1:${demo.port}` };
        origins.production = { origin: `http://127.0.0.1:${production.port}` };
        return { stop: async () => void (await Promise.all([demo.stop(), production.stop()])) };
      },
    }),
  );
  const { demo, production } = origins;
  if (demo === undefined || production === undefined) throw new Error('no gateways');
  const servers: Server[] = [];
  const ports: Partial<Record<SubgraphName, string>> = {};
  for (const [name, subgraph] of running) {
    const server = httpHost(subgraph).listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
    ports[name] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on a port, not on a pipe
  }
  return {
    world,
    doors: { demo, production },
    ports: ports as Readonly<Record<SubgraphName, string>>, // each was started above
    async stop() {
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
      await world.stop();
    },
  };
}

/** Who is attacked, who attacks, and what there is to be had. */
export interface Victims {
  readonly mallory: Person;
  readonly anna: Person;
  readonly guest: Guest;
  /** Things of Anna's by their type's prefix: each there, and hidden from Mallory and from guests. */
  readonly hidden: Readonly<Record<string, string>>;
  /** Ids of the same types that never were. */
  readonly never: Readonly<Record<string, string>>;
  /** Anna's cursors, by field. */
  readonly cursors: readonly string[];
  readonly uploadUrl: string;
}

/** Anna has a post, a comment, a conversation, a file on its way, a folder and a session of her own, and has blocked Mallory. */
export async function gatherVictims({ world }: Stage): Promise<Victims> {
  const [anna, mallory, chen] = await world.people('anna', 'mallory', 'chen');
  await anna.does('UpdateProfile', { bio: `${MARK} bio` });
  await chen.follows(anna);
  await anna.follows(chen);
  const post = await anna.publishes(`${MARK} post #${MARK}`, { audience: 'ONLY_ME' });
  await anna.publishes(`${MARK} for friends`, { audience: 'FOLLOWERS' });
  const comment = await anna.comments(post, `${MARK} comment`);
  await anna.bookmarks(post);
  const { conversation } = await anna.does('StartConversation', { idempotencyKey: randomUUID(), kind: 'DIRECT', memberIds: [chen.id] });
  const { message } = await anna.does('Send', { conversationId: conversation.id, clientMessageId: randomUUID(), text: `${MARK} message` });
  const { media, uploadUrl } = await anna.does('StartUpload', {
    fileName: `${MARK}.png`,
    contentType: 'image/png',
    byteSize: '1000',
    sha256: '0'.repeat(64),
  });
  const { folder } = await anna.does('CreateBookmarkFolder', { name: `${MARK} folder` });
  const sessions = await anna.graphql('{ me { sessions { id } inboxCursor homeFeed { liveCursor } notifications { edges { cursor } } } }');
  const home = await anna.graphql('{ me { bookmarks { edges { cursor } } conversations { edges { cursor } } } }');
  await anna.blocks(mallory);
  await world.settled();
  const me = { ...sessions.json.data.me, ...home.json.data.me };
  const hidden = {
    user: anna.id,
    post,
    comment,
    conversation: conversation.id,
    message: message.id,
    media: media.id,
    folder: folder.id,
    session: me.sessions[0].id,
  };
  return {
    mallory,
    anna,
    guest: world.guest(),
    hidden,
    never: Object.fromEntries(Object.entries(hidden).map(([kind, id]) => [kind, toTypeId(typeIdPrefix(id) ?? '', newId())])),
    cursors: [
      me.inboxCursor,
      me.homeFeed.liveCursor,
      ...[...me.bookmarks.edges, ...me.conversations.edges].map(({ cursor }) => cursor),
    ].filter((cursor) => typeof cursor === 'string'),
    uploadUrl,
  };
}
