import { on, type Reaction } from '@plaza/events/consumer';
import { followChanged, followCreated, followRemoved } from '@plaza/events/contracts/social.events';
import type { GraphService } from '../modules/timeline/graph.service.js';
import { enterIntake } from '../modules/timeline/intake.js';

/** Follows come, change and go: what the followee brought enters or leaves the follower's timeline. Repeats change nothing. */
export function onFollowEvents(graph: GraphService): readonly Reaction[] {
  return [
    on(followCreated, async (follow, tx) => {
      await enterIntake(tx, follow.followerId);
      await graph.follow(tx, follow);
    }),
    on(followChanged, async (follow, tx) => {
      await enterIntake(tx, follow.followerId);
      await graph.follow(tx, follow);
    }),
    on(followRemoved, async ({ followerId, followeeId }, tx) => {
      await enterIntake(tx, followerId);
      await graph.unfollow(tx, followerId, followeeId);
    }),
  ];
}
