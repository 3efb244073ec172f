import { on, type Reaction } from '@plaza/events/consumer';
import { postReposted, repostUndone } from '@plaza/events/contracts/social.events';
import { enterIntake } from '../modules/timeline/intake.js';
import type { ItemStore } from '../modules/timeline/item.store.js';
import type { TaskStore } from '../modules/timeline/task.store.js';

/** Reposts may come before the post that they are of: they count once it is known. Repeats change nothing. */
export function onRepostEvents(items: ItemStore, tasks: TaskStore): readonly Reaction[] {
  return [
    on(postReposted, async (repost, tx) => {
      await enterIntake(tx, repost.postId);
      await items.putRepost(tx, repost);
      await tasks.add(tx, { kind: 'POST', postId: repost.postId, actorId: repost.userId });
    }),
    on(repostUndone, async ({ postId, userId }, tx) => {
      await enterIntake(tx, postId);
      await items.deleteRepost(tx, postId, userId);
      await tasks.add(tx, { kind: 'POST', postId, actorId: userId });
    }),
  ];
}
