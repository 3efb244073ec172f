import type { Tx } from '@plaza/db/database';
import type { ClockStore } from '../modules/timeline/clock.store.js';
import { enterIntake } from '../modules/timeline/intake.js';
import type { ItemStore } from '../modules/timeline/item.store.js';
import type { LiveLog, TouchedPost } from '../modules/timeline/live-log.service.js';
import type { TaskStore } from '../modules/timeline/task.store.js';

/** What a reaction to something that happens to posts works with. */
export interface PostReactionParts {
  readonly items: ItemStore;
  readonly tasks: TaskStore;
  readonly clock: ClockStore;
  readonly live: LiveLog;
}

/** Changes what was brought of a post, and leaves word of it: a task for those who copy it, a line in the logs of those who are looked up. */
export async function changePost(
  { tasks, clock, live }: PostReactionParts,
  tx: Tx,
  post: TouchedPost,
  change: () => Promise<void>,
): Promise<void> {
  await enterIntake(tx, post.postId);
  const number = await clock.tick(tx);
  await change();
  const { postId, actorId, kind } = post;
  await tasks.add(tx, { kind: 'POST', postId, actorId, number, isEdit: kind === 'EDIT' });
  await live.touchActors(tx, { number, upto: null }, post);
}
