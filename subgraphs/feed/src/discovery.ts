import type { Database } from '@plaza/db/database';
import type { Reaction } from '@plaza/events/consumer';
import { every } from '@plaza/kernel/every';
import type { CallHandler } from '@plaza/subgraph/call-handler';
import type { SubgraphHost } from '@plaza/subgraph/subgraph-host';
import { onFollowRequestEvents } from './consumers/on-follow-request-events.js';
import { onAccountEvents, onReactionEvents, onTrendPosts } from './consumers/on-trend-events.js';
import { AskStore } from './modules/suggestion/ask.store.js';
import { SuggestionService } from './modules/suggestion/suggestion.service.js';
import { SuggestionStore } from './modules/suggestion/suggestion.store.js';
import type { RebuiltModel } from './rebuilt-model.js';
import { QueryService } from './modules/trend/query.service.js';
import { QueryStore } from './modules/trend/query.store.js';
import { ReactionRebuild } from './modules/trend/reaction.rebuild.js';
import { ReactionStore } from './modules/trend/reaction.store.js';
import { StandingStore } from './modules/trend/standing.store.js';
import { TrendPostStore } from './modules/trend/trend-post.store.js';
import { trendHandlers } from './modules/trend/trend.calls.js';
import { TrendRefresher } from './modules/trend/trend.refresher.js';
import { TrendService } from './modules/trend/trend.service.js';
import { TrendStore } from './modules/trend/trend.store.js';

const REFRESH_MS = 30_000;

/** Trends and suggestions, wired. */
export interface Discovery {
  readonly services: { readonly trends: TrendService; readonly queries: QueryService; readonly suggestions: SuggestionService };
  readonly reactions: readonly Reaction[];
  readonly calls: readonly CallHandler[];
  readonly model: RebuiltModel;
  stop(): Promise<void>;
}

export function openDiscovery({ calls, clock, logger, secret }: SubgraphHost, database: Database<unknown>): Discovery {
  const reactions = new ReactionStore(database);
  const posts = new TrendPostStore(database);
  const standings = new StandingStore(database);
  const asks = new AskStore();
  const trends = new TrendStore(database);
  const queries = new QueryService(database, new QueryStore(database), secret, clock);
  const refresher = new TrendRefresher({ database, trends, posts, standings, reactions, calls, clock, logger });
  const timer = every(
    REFRESH_MS,
    async () => {
      await refresher.refresh();
      await queries.prune();
    },
    (err) => logger.error({ err }, 'trends could not be worked out; trying again'),
  );
  return {
    services: {
      trends: new TrendService(trends, calls, clock),
      queries,
      suggestions: new SuggestionService(new SuggestionStore(database), clock),
    },
    reactions: [...onTrendPosts(posts), ...onReactionEvents(reactions), ...onAccountEvents(standings), ...onFollowRequestEvents(asks)],
    calls: trendHandlers(refresher),
    model: new ReactionRebuild({ calls, reactions, posts, standings, asks, clock }),
    stop: () => timer.stop(),
  };
}
