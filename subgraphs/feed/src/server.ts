import { buildSubgraphSchema } from '@apollo/subgraph';
import { SealedCursors } from '@plaza/auth/sealed-cursor';
import { People, peopleByCalls } from '@plaza/calls/people';
import { openDatabase } from '@plaza/db/database';
import { within } from '@plaza/kernel/in-time';
import { PrismaClient } from '@plaza/prisma/feed';
import { relayFor, type RunningSubgraph, runSubgraph } from '@plaza/subgraph/running-subgraph';
import type { SubgraphHost } from '@plaza/subgraph/subgraph-host';
import { PrismaPg } from '@prisma/adapter-pg';
import { type FeedConfig, readFeedConfig } from './config.js';
import type { Context } from './context.js';
import { openDiscovery } from './discovery.js';
import { resolvers } from './modules/resolvers.generated.js';
import { openSearch } from './search.js';
import { openIndex } from './search-index.js';
import { openTimelines } from './timelines.js';
import { typeDefs } from './modules/typeDefs.generated.js';

/** Events are taken on before their fan-out is through when that takes longer than this. */
const FANOUT_PATIENCE_MS = 5_000;

/** What is made of other subgraphs' facts. */
const MADE_OF_FACTS = [
  'Viewer.homeFeed',
  'Viewer.suggestedUsers',
  'Query.search',
  'Query.searchSuggestions',
  'Query.trend',
  'Query.trends',
  'Hashtag.postCount',
  'Subscription.homeFeedUpdated',
];

/** Opens the feed subgraph: home timelines as read models of posts, reposts and follows. */
export async function startFeed(host: SubgraphHost, config: FeedConfig = readFeedConfig(process.env)): Promise<RunningSubgraph> {
  const { logger } = host;
  const database = openDatabase({
    url: host.databaseUrl,
    poolSize: host.poolSize,
    replica: host.replica,
    prisma: (pool) => new PrismaClient({ adapter: new PrismaPg(pool) }),
    onError: (error) => logger.warn({ err: error }, 'an idle database connection broke'),
  });
  const relay = relayFor('feed', database, host);

  const discovery = openDiscovery(host, database);
  const { index, close: closeIndex } = await openIndex(config, database);
  const search = openSearch(host, database, index);
  const timelines = await openTimelines(host, database, config, [discovery.model]);
  const services = {
    ...discovery.services,
    ...timelines.services,
    search: search.service,
    cursors: new SealedCursors(host.secret),
  };
  const people = peopleByCalls(host.calls);
  const cache = host.people;

  return runSubgraph(
    {
      name: 'feed',
      schema: buildSubgraphSchema([{ typeDefs, resolvers }]),
      database,
      context: (scope): Context => ({
        scope,
        viewer: scope.viewer,
        people: new People(scope, people, cache),
        services,
        hashtagCounts: search.hashtagCounts(),
      }),
      calls: [...timelines.calls, ...discovery.calls, ...search.calls],
      reactions: [...discovery.reactions, ...search.reactions, ...timelines.reactions],
      dependences: [
        { isAway: () => host.events.isBehind('feed'), stale: MADE_OF_FACTS },
        { isAway: search.isBehind, stale: ['Query.search', 'Query.searchSuggestions'] },
      ],
      // Delivered means seen: an event has taken effect when the timelines that it concerns show it and search finds it.
      afterEvents: async () => within(Promise.all([timelines.settled(), search.taken()]).then(nothing), FANOUT_PATIENCE_MS, nothing),
      stop: async () => {
        await discovery.stop();
        await search.stop();
        await closeIndex();
        await timelines.stop();
      },
    },
    host,
    relay,
  );
}

function nothing(): void {}
