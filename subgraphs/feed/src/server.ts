import { buildSubgraphSchema } from '@apollo/subgraph';
import { SealedCursors } from '@plaza/auth/sealed-cursor';
import { People, peopleByCalls } from '@plaza/calls/people';
import { openDatabase } from '@plaza/db/database';
import { PrismaClient } from '@plaza/prisma/feed';
import { relayFor, type RunningSubgraph, runSubgraph } from '@plaza/subgraph/running-subgraph';
import type { SubgraphHost } from '@plaza/subgraph/subgraph-host';
import { PrismaPg } from '@prisma/adapter-pg';
import { type FeedConfig, readFeedConfig } from './config.js';
import { onFollowEvents } from './consumers/on-follow-events.js';
import { onPostEvents } from './consumers/on-post-events.js';
import { onRepostEvents } from './consumers/on-repost-events.js';
import type { Context } from './context.js';
import { openDiscovery } from './discovery.js';
import { HomeService } from './modules/home/home.service.js';
import { HomeStore } from './modules/home/home.store.js';
import { resolvers } from './modules/resolvers.generated.js';
import { FanoutService } from './modules/timeline/fanout.service.js';
import { GraphService } from './modules/timeline/graph.service.js';
import { GraphStore } from './modules/timeline/graph.store.js';
import { ItemStore } from './modules/timeline/item.store.js';
import { RebuildService } from './modules/timeline/rebuild.service.js';
import { RebuildStore } from './modules/timeline/rebuild.store.js';
import { rebuildHandlers } from './modules/timeline/rebuild.handlers.js';
import { TaskStore } from './modules/timeline/task.store.js';
import { TimelineService } from './modules/timeline/timeline.service.js';
import { TimelineStore } from './modules/timeline/timeline.store.js';
import { TimelineWorker } from './modules/timeline/timeline.worker.js';
import { typeDefs } from './modules/typeDefs.generated.js';

/** Events are taken on before their fan-out is through when that takes longer than this. */
const FANOUT_PATIENCE_MS = 5_000;

/** Opens the feed subgraph: home timelines as read models of posts, reposts and follows. */
export async function startFeed(host: SubgraphHost, config: FeedConfig = readFeedConfig(process.env)): Promise<RunningSubgraph> {
  const { clock, logger } = host;
  const database = openDatabase({
    url: host.databaseUrl,
    prisma: (pool) => new PrismaClient({ adapter: new PrismaPg(pool) }),
    onError: (error) => logger.warn({ err: error }, 'an idle database connection broke'),
  });
  const relay = relayFor('feed', database, host);

  const items = new ItemStore();
  const tasks = new TaskStore();
  const graphStore = new GraphStore();
  const graph = new GraphService(graphStore, tasks, config);
  const worker = new TimelineWorker(new TimelineService(database, tasks, new TimelineStore(), config, clock), logger);
  const discovery = openDiscovery(host, database);
  const rebuild = new RebuildService(database, new RebuildStore(), graph, host.calls, worker, config, clock, [discovery.model]);
  const home = new HomeService(new HomeStore(database), host.calls, config, clock, () => void worker.settled());
  const services = {
    ...discovery.services,
    home,
    fanout: new FanoutService(database, graphStore, config),
    cursors: new SealedCursors(host.secret),
  };
  const people = peopleByCalls(host.calls);
  const cache = host.people;

  await database.transaction((tx) => graph.judgeAll(tx));
  const running = runSubgraph(
    {
      name: 'feed',
      schema: buildSubgraphSchema([{ typeDefs, resolvers }]),
      database,
      context: (scope): Context => ({ scope, viewer: scope.viewer, people: new People(scope, people, cache), services }),
      calls: [...rebuildHandlers(rebuild, logger), ...discovery.calls],
      reactions: [...onPostEvents(items, tasks), ...onRepostEvents(items, tasks), ...onFollowEvents(graph), ...discovery.reactions],
      stop: async () => {
        await discovery.stop();
        await worker.stop();
      },
    },
    host,
    relay,
  );
  return {
    ...running,
    /** Delivered means seen: an event has taken effect when the timelines that it concerns show it. */
    async deliver(events, assertion) {
      await running.deliver(events, assertion);
      await atMost(FANOUT_PATIENCE_MS, worker.settled());
    },
  };
}

async function atMost(timeoutMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)))]);
  clearTimeout(timer);
}
