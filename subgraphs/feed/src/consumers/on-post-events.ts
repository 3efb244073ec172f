import { on, type Reaction } from '@plaza/events/consumer';
import { postDeleted, postEdited, postPublished, postRestored } from '@plaza/events/contracts/content.events';
import { changePost, type PostReactionParts } from './intake.js';

/** Posts come, change, go and come back; whoever follows somebody who brought them has their timeline looked at. Repeats change nothing. */
export function onPostEvents(parts: PostReactionParts): readonly Reaction[] {
  const { items } = parts;
  const touch = { actorId: null, kind: 'TOUCH' } as const;
  return [
    on(postPublished, (post, tx) => changePost(parts, tx, { ...touch, postId: post.postId }, () => items.putPost(tx, post, false))),
    on(postEdited, (post, tx) =>
      changePost(parts, tx, { actorId: null, kind: 'EDIT', postId: post.postId }, () => items.putPost(tx, post, false)),
    ),
    on(postRestored, (post, tx) => changePost(parts, tx, { ...touch, postId: post.postId }, () => items.putPost(tx, post, true))),
    on(postDeleted, ({ postId }, tx) => changePost(parts, tx, { ...touch, postId }, () => items.deletePost(tx, postId))),
  ];
}
