import { buildSubgraphSchema } from '@apollo/subgraph';
import { Gates } from '@plaza/auth/gate';
import { SealedCursors } from '@plaza/auth/sealed-cursor';
import { openDatabase } from '@plaza/db/database';
import { on } from '@plaza/events/consumer';
import { userStateChanged } from '@plaza/events/contracts/accounts.events';
import { postDeleted, postEdited } from '@plaza/events/contracts/content.events';
import { Outbox } from '@plaza/events/outbox';
import { PrismaClient } from '@plaza/prisma/social';
import { relayFor, runSubgraph, type RunningSubgraph } from '@plaza/subgraph/running-subgraph';
import type { SubgraphHost } from '@plaza/subgraph/subgraph-host';
import { PrismaPg } from '@prisma/adapter-pg';
import { Context } from './context.js';
import { ActivityService } from './modules/activity/activity.service.js';
import { ActivityStore } from './modules/activity/activity.store.js';
import { ActivitySweeper } from './modules/activity/activity.sweeper.js';
import { BookmarkService } from './modules/bookmark/bookmark.service.js';
import { BookmarkStore } from './modules/bookmark/bookmark.store.js';
import { CommentService } from './modules/comment/comment.service.js';
import { CommentStore } from './modules/comment/comment.store.js';
import { LikeService } from './modules/like/like.service.js';
import { LikeStore } from './modules/like/like.store.js';
import { blockCalls } from './modules/relation/block.calls.js';
import { BlockService } from './modules/relation/block.service.js';
import { BlockStore } from './modules/relation/block.store.js';
import { EpochStore } from './modules/relation/epoch.store.js';
import { FollowService } from './modules/relation/follow.service.js';
import { FollowStore } from './modules/relation/follow.store.js';
import { MuteService } from './modules/relation/mute.service.js';
import { MuteStore } from './modules/relation/mute.store.js';
import { MuteSweeper } from './modules/relation/mute.sweeper.js';
import { relationCalls } from './modules/relation/relation.calls.js';
import { StandingStore } from './modules/relation/standing.store.js';
import { UserStatStore } from './modules/relation/user-stat.store.js';
import { repostCalls } from './modules/repost/repost.calls.js';
import { RepostService } from './modules/repost/repost.service.js';
import { RepostStore } from './modules/repost/repost.store.js';
import { resolvers } from './modules/resolvers.generated.js';
import { typeDefs } from './modules/typeDefs.generated.js';
import { LOOK_AGAIN, postChannel } from './posts/post-channel.js';
import { PostChanges } from './posts/post-changes.js';
import { attentionCalls } from './posts/attention.calls.js';
import { PostStatStore } from './posts/post-stat.store.js';
import { snapshotCalls } from './posts/snapshot.calls.js';
import { SnapshotStore } from './posts/snapshot.store.js';

/** Starts social: relations, likes, comments, reposts and bookmarks. */
export async function startSocial(host: SubgraphHost): Promise<RunningSubgraph> {
  const database = openDatabase({
    url: host.databaseUrl,
    poolSize: host.poolSize,
    prisma: (pool) => new PrismaClient({ adapter: new PrismaPg(pool) }),
    onError: (err) => host.logger.warn({ err }, 'an idle connection broke'),
  });
  const relay = relayFor('social', database, host);
  const outbox = new Outbox(relay.wake);
  const stats = new UserStatStore(database);
  const relations = {
    standings: new StandingStore(database),
    follows: new FollowStore(database),
    blocks: new BlockStore(database),
    mutes: new MuteStore(database),
    stats,
    clock: host.clock,
  };
  const epochs = new EpochStore(database);
  const postStats = new PostStatStore(database, (postId) => host.bus.publish(postChannel(postId), 'more'));
  const changes = new PostChanges(database, postStats);
  const activity = new ActivityStore(database);
  const comments = new CommentStore(database);
  const reposts = new RepostStore(database);
  const cache = host.people;
  const relationParts = { database, outbox, epochs, ...relations };
  const shared = {
    gates: new Gates(host.secret),
    cursors: new SealedCursors(host.secret),
    parts: { calls: host.calls, cache, relations, epochs, comments, postStats },
    services: {
      follow: new FollowService(relationParts),
      block: new BlockService(relationParts),
      mute: new MuteService(relationParts),
      like: new LikeService({ changes, outbox, likes: new LikeStore() }),
      comment: new CommentService({ database, changes, outbox, comments }),
      repost: new RepostService({ changes, outbox, reposts }),
      bookmark: new BookmarkService(database, new BookmarkStore(database)),
      activity: new ActivityService(activity, host.bus),
    },
  };
  const sweepers = [
    new MuteSweeper(relationParts, host.logger),
    new ActivitySweeper({ store: activity, clock: host.clock, logger: host.logger }),
  ];
  return runSubgraph(
    {
      name: 'social',
      schema: buildSubgraphSchema([{ typeDefs, resolvers }]),
      database,
      context: (scope) => new Context(scope, shared),
      calls: [
        ...relationCalls(relations, epochs),
        ...blockCalls(relations, epochs),
        ...attentionCalls(postStats),
        ...repostCalls(reposts),
        ...snapshotCalls(new SnapshotStore(database)),
      ],
      reactions: [
        // Sooner than the second that a state is kept for: what this process knows of the person is asked again.
        on(userStateChanged, async ({ userId }) => cache.states.delete(userId)),
        // Whoever may not see the post any more stops watching it.
        on(postEdited, async ({ postId }) => host.bus.publish(postChannel(postId), LOOK_AGAIN)),
        on(postDeleted, async ({ postId }) => host.bus.publish(postChannel(postId), LOOK_AGAIN)),
      ],
      // Comments and likes are social's own; that the post was edited or deleted is not.
      dependences: [{ isAway: () => host.events.isBehind('social'), stale: ['Subscription.postActivity'] }],
      stop: async () => void (await Promise.all(sweepers.map((sweeper) => sweeper.stop()))),
    },
    host,
    relay,
  );
}
