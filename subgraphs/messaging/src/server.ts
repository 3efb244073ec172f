import { buildSubgraphSchema } from '@apollo/subgraph';
import { Passes } from '@plaza/auth/pass';
import { SealedCursors } from '@plaza/auth/sealed-cursor';
import { peopleByCalls } from '@plaza/calls/people';
import { openDatabase } from '@plaza/db/database';
import { PrismaClient } from '@plaza/prisma/messaging';
import { relayFor, runSubgraph, type RunningSubgraph } from '@plaza/subgraph/running-subgraph';
import type { SubgraphHost } from '@plaza/subgraph/subgraph-host';
import { PrismaPg } from '@prisma/adapter-pg';
import { type MessagingConfig, readConfig } from './config.js';
import { Context, type Services } from './context.js';
import { openConversing } from './conversing.js';
import { DeliveryService } from './delivery/delivery.service.js';
import { InboxLogStore } from './inbox/inbox-log.store.js';
import { sweepInboxes } from './inbox/inbox-sweeper.js';
import { InboxService } from './modules/inbox/inbox.service.js';
import { InboxStore } from './modules/inbox/inbox.store.js';
import { resolvers } from './modules/resolvers.generated.js';
import { typeDefs } from './modules/typeDefs.generated.js';
import { openNotifications } from './notifications.js';
import { openPassing } from './passing.js';
import type { LoaderParts } from './request-loaders.js';
import { bucketOf } from './shards/bucket.js';
import { BucketMoveService, type Moving } from './shards/bucket-move.service.js';
import { ShardMapStore } from './shards/shard-map.store.js';
import { Shards } from './shards/shards.js';

/**
 * Moves the bucket of a conversation to another shard while Plaza runs, or not: an operator's tool.
 * @param urls of all shards, the subgraph's own database first
 * @param conversationId a UUID
 */
export async function moveBucket(urls: readonly string[], conversationId: string, shard: number): Promise<Moving> {
  const databases = urls.map((url) => openDatabase({ url, poolSize: 4, prisma: () => ({ $disconnect: async () => {} }) }));
  const [home] = databases;
  if (home === undefined) throw new Error('name the databases');
  try {
    return await new BucketMoveService(home, new Shards(databases, new ShardMapStore(home))).move(bucketOf(conversationId), shard);
  } finally {
    await Promise.all(databases.map((database) => database.close()));
  }
}

/** Starts messaging: conversations, inboxes and notifications. */
export async function startMessaging(host: SubgraphHost, options: Partial<MessagingConfig> = {}): Promise<RunningSubgraph> {
  const config = { ...readConfig(process.env), ...options };
  const { poolSize, shardUrls } = config;
  const { calls, clock, logger, bus } = host;
  const open = (url: string) =>
    openDatabase({
      url,
      poolSize,
      prisma: (pool) => new PrismaClient({ adapter: new PrismaPg(pool) }),
      onError: (err) => logger.warn({ err }, 'an idle connection broke'),
    });
  const database = open(host.databaseUrl);
  const others = shardUrls.map(open);
  const shards = new Shards([database, ...others], new ShardMapStore(database));
  const relay = relayFor('messaging', database, host);

  const log = new InboxLogStore(database, bus);
  const delivery = new DeliveryService({ shards, home: database, log, logger });
  const passing = await openPassing(config.redisUrl, clock, logger);
  const conversing = openConversing(host, { shards, home: database, log, delivery, passing });
  const isOnline = (userId: string): Promise<boolean> => conversing.stores.presence.isOnline(userId);
  const notifications = openNotifications(host, database, log, config, { isOnline });
  const services: Services = {
    ...notifications.services,
    ...conversing.services,
    inbox: new InboxService(new SealedCursors(host.secret), log, bus),
  };
  const passes = new Passes(host.secret);
  const inboxes = new InboxStore(database);
  const parts: LoaderParts = {
    ...notifications.stores,
    ...conversing.stores,
    calls,
    cache: host.people,
    source: peopleByCalls(calls),
    inboxes,
  };
  const sweeper = sweepInboxes(log, clock, logger);

  return runSubgraph(
    {
      name: 'messaging',
      schema: buildSubgraphSchema([{ typeDefs, resolvers }]),
      database,
      context: (scope) => new Context(scope, { services, parts, passes }),
      calls: [],
      reactions: notifications.reactions,
      dependences: [
        {
          isAway: () => host.events.isBehind('messaging'),
          stale: ['Viewer.notifications', 'Viewer.notificationRequests', 'Viewer.unreadNotificationCount', 'Subscription.inbox'],
        },
        { isAway: passing.isAlone, stale: ['User.presence', 'Subscription.presenceChanged'] },
      ],
      routes: notifications.routes,
      async stop() {
        await Promise.all([delivery.stop(), sweeper.stop(), notifications.stop(), passing.stop()]);
        await Promise.all(others.map((other) => other.close()));
      },
    },
    host,
    relay,
  );
}
