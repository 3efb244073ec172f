import type { Database } from '@plaza/db/database';
import type { Reaction } from '@plaza/events/consumer';
import type { CallHandler } from '@plaza/subgraph/call-handler';
import type { SubgraphHost } from '@plaza/subgraph/subgraph-host';
import type { FeedConfig } from './config.js';
import { onBlockEvents } from './consumers/on-block-events.js';
import { onFollowEvents } from './consumers/on-follow-events.js';
import { onPostEvents } from './consumers/on-post-events.js';
import { onRepostEvents } from './consumers/on-repost-events.js';
import { HomeLiveService } from './modules/home/home-live.service.js';
import { HomeLiveStore } from './modules/home/home-live.store.js';
import { HomeService } from './modules/home/home.service.js';
import { HomeStore } from './modules/home/home.store.js';
import { ClockStore } from './modules/timeline/clock.store.js';
import { FanoutService } from './modules/timeline/fanout.service.js';
import { GraphService } from './modules/timeline/graph.service.js';
import { GraphStore } from './modules/timeline/graph.store.js';
import { ItemStore } from './modules/timeline/item.store.js';
import { LiveLog } from './modules/timeline/live-log.service.js';
import { LiveLogStore } from './modules/timeline/live-log.store.js';
import { sweepLiveLogs } from './modules/timeline/live-log.sweeper.js';
import { rebuildHandlers } from './modules/timeline/rebuild.handlers.js';
import { RebuildService } from './modules/timeline/rebuild.service.js';
import { RebuildStore } from './modules/timeline/rebuild.store.js';
import type { RebuiltModel } from './rebuilt-model.js';
import { TaskStore } from './modules/timeline/task.store.js';
import { TimelineService } from './modules/timeline/timeline.service.js';
import { TimelineStore } from './modules/timeline/timeline.store.js';
import { TimelineWorker } from './modules/timeline/timeline.worker.js';

/** Home feeds: their read models, what keeps them, and what answers and tells. */
export interface Timelines {
  readonly services: { readonly home: HomeService; readonly homeLive: HomeLiveService; readonly fanout: FanoutService };
  readonly calls: readonly CallHandler[];
  /** They hold the clock of feeds until the commit: last among the reactions to a type. */
  readonly reactions: readonly Reaction[];
  /** Resolves when timelines show what was there at the call. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** Puts them to work; who is pulled is judged anew, because the threshold may be another one. `others` are rebuilt together with home feeds. */
export async function openTimelines(
  { clock, logger, bus, calls }: SubgraphHost,
  database: Database<unknown>,
  config: FeedConfig,
  others: readonly RebuiltModel[],
): Promise<Timelines> {
  const numbers = new ClockStore();
  const liveStore = new LiveLogStore();
  const live = new LiveLog(liveStore, bus, config, clock);
  const tasks = new TaskStore();
  const graphStore = new GraphStore();
  const graph = new GraphService(graphStore, tasks, numbers, live, config);
  const timelines = new TimelineService(database, tasks, new TimelineStore(), numbers, live, config, clock);
  const worker = new TimelineWorker(timelines, logger);
  const rebuild = new RebuildService(database, new RebuildStore(), graph, numbers, calls, worker, config, clock, others);
  const home = new HomeService(new HomeStore(database), calls, config, clock, () => void worker.settled());
  const parts = { items: new ItemStore(), tasks, clock: numbers, live };
  const sweeping = sweepLiveLogs(database, liveStore, clock, logger);

  await database.transaction((tx) => graph.judgeAll(tx));
  return {
    services: {
      home,
      homeLive: new HomeLiveService(new HomeLiveStore(database), home, bus, clock),
      fanout: new FanoutService(database, graphStore, config),
    },
    calls: rebuildHandlers(rebuild, logger),
    reactions: [...onPostEvents(parts), ...onRepostEvents(parts), ...onFollowEvents(graph), ...onBlockEvents(numbers, live)],
    settled: () => worker.settled(),
    async stop() {
      await Promise.all([sweeping.stop(), worker.stop()]);
    },
  };
}
