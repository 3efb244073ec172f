import type { Tx } from '@plaza/db/database';
import { on, type Reaction } from '@plaza/events/consumer';
import { postDeleted, postEdited, postPublished, postRestored } from '@plaza/events/contracts/content.events';
import { enterIntake } from '../modules/timeline/intake.js';
import type { ItemStore, PostFacts } from '../modules/timeline/item.store.js';
import type { TaskStore } from '../modules/timeline/task.store.js';

/** Posts come, change, go and come back; whoever follows somebody who brought them has their timeline looked at. Repeats change nothing. */
export function onPostEvents(items: ItemStore, tasks: TaskStore): readonly Reaction[] {
  async function put(tx: Tx, post: PostFacts, isRestored: boolean): Promise<void> {
    await enterIntake(tx, post.postId);
    await items.putPost(tx, post, isRestored);
    await tasks.add(tx, { kind: 'POST', postId: post.postId, actorId: null });
  }
  return [
    on(postPublished, (post, tx) => put(tx, post, false)),
    on(postEdited, (post, tx) => put(tx, post, false)),
    on(postRestored, (post, tx) => put(tx, post, true)),
    on(postDeleted, async ({ postId }, tx) => {
      await enterIntake(tx, postId);
      await items.deletePost(tx, postId);
      await tasks.add(tx, { kind: 'POST', postId, actorId: null });
    }),
  ];
}
