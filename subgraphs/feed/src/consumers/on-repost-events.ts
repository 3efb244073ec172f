import { on, type Reaction } from '@plaza/events/consumer';
import { postReposted, repostUndone } from '@plaza/events/contracts/social.events';
import { changePost, type PostReactionParts } from './intake.js';

/** Reposts may come before the post that they are of: they count once it is known. Repeats change nothing. */
export function onRepostEvents(parts: PostReactionParts): readonly Reaction[] {
  const { items } = parts;
  return [
    on(postReposted, (repost, tx) =>
      changePost(parts, tx, { postId: repost.postId, actorId: repost.userId, kind: 'TOUCH' }, () => items.putRepost(tx, repost)),
    ),
    on(repostUndone, ({ postId, userId }, tx) =>
      changePost(parts, tx, { postId, actorId: userId, kind: 'TOUCH' }, () => items.deleteRepost(tx, postId, userId)),
    ),
  ];
}
