import type { Database } from '@plaza/db/database';
import type { Reaction } from '@plaza/events/consumer';
import type { SearchIndex } from '@plaza/search/search-index';
import type { CallHandler } from '@plaza/subgraph/call-handler';
import type { SubgraphHost } from '@plaza/subgraph/subgraph-host';
import type DataLoader from 'dataloader';
import { onSearchEvents } from './consumers/on-search-events.js';
import { AudienceStore } from './modules/search/audience.store.js';
import { hashtagCounts } from './modules/search/hashtag.loaders.js';
import { HashtagStore } from './modules/search/hashtag.store.js';
import { IndexingService } from './modules/search/indexing.service.js';
import { IndexingWorker } from './modules/search/indexing.worker.js';
import { searchHandlers } from './modules/search/search.calls.js';
import { SearchHomeStore } from './modules/search/search-home.store.js';
import { SearchKeeper } from './modules/search/search-keeper.service.js';
import { SearchRebuildService } from './modules/search/search-rebuild.service.js';
import { SearchService } from './modules/search/search.service.js';
import { SearchTaskStore } from './modules/search/search-task.store.js';

/** Search and its suggestions, wired. */
export interface Search {
  readonly service: SearchService;
  /** For one request. */
  readonly hashtagCounts: () => DataLoader<string, number>;
  readonly reactions: readonly Reaction[];
  readonly calls: readonly CallHandler[];
  /** Resolves when what was delivered until the call can be found. */
  settled(): Promise<void>;
  /** As {@link settled}, for some seconds; at once while the index lags behind because it or an owner is away. */
  taken(): Promise<void>;
  /** Whether what happened some seconds ago cannot be found yet. */
  isBehind(): boolean;
  /** Resolves when the order of results knows of likes and follows until the call. */
  weighed(): Promise<void>;
  stop(): Promise<void>;
}

export function openSearch({ calls, clock, logger }: SubgraphHost, database: Database<unknown>, index: SearchIndex): Search {
  const tasks = new SearchTaskStore(database);
  const hashtags = new HashtagStore(database);
  const audience = new AudienceStore(database);
  const indexing = new IndexingService({ database, index, tasks, hashtags, audience, calls });
  const home = new SearchHomeStore(database);
  const rebuild = new SearchRebuildService({ database, index, indexing, tasks, hashtags, home, calls });
  const worker = new IndexingWorker(indexing, new SearchKeeper(index, home, rebuild, logger), logger);
  return {
    service: new SearchService(index, audience, calls, clock),
    hashtagCounts: () => hashtagCounts(hashtags),
    reactions: onSearchEvents(tasks),
    calls: searchHandlers(rebuild, logger),
    settled: () => worker.settled(),
    taken: () => worker.taken(),
    isBehind: () => worker.isBehind,
    weighed: () => worker.weighed(),
    stop: () => worker.stop(),
  };
}
