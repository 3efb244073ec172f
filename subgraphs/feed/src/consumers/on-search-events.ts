import type { Tx } from '@plaza/db/database';
import { on, type Reaction } from '@plaza/events/consumer';
import { userProfileChanged, userRegistered, userStateChanged } from '@plaza/events/contracts/accounts.events';
import { postDeleted, postEdited, postPublished, postRestored } from '@plaza/events/contracts/content.events';
import {
  commentAdded,
  commentDeleted,
  followCreated,
  followRemoved,
  postLiked,
  postReposted,
  postUnliked,
  repostUndone,
} from '@plaza/events/contracts/social.events';
import type { SearchTaskStore } from '../modules/search/search-task.store.js';

/** What happens to posts and people is looked at again by search: its owner is asked how it is now. Repeats ask once more. */
export function onSearchEvents(tasks: SearchTaskStore): readonly Reaction[] {
  const post = (fact: { readonly postId: string }, tx: Tx) => tasks.add(tx, 'POST', [fact.postId]);
  const attention = (fact: { readonly postId: string }, tx: Tx) => tasks.add(tx, 'POST_WEIGHT', [fact.postId]);
  const followers = (fact: { readonly followeeId: string }, tx: Tx) => tasks.add(tx, 'USER_WEIGHT', [fact.followeeId]);
  const user = (fact: { readonly userId: string }, tx: Tx) => tasks.add(tx, 'USER', [fact.userId]);
  return [
    on(postPublished, post),
    on(postEdited, post),
    on(postRestored, post),
    on(postDeleted, post),
    on(postLiked, attention),
    on(postUnliked, attention),
    on(commentAdded, attention),
    on(commentDeleted, attention),
    on(postReposted, attention),
    on(repostUndone, attention),
    on(followCreated, followers),
    on(followRemoved, followers),
    on(userRegistered, user),
    on(userProfileChanged, user),
    on(userStateChanged, async ({ userId }, tx) => {
      await tasks.add(tx, 'USER', [userId]);
      await tasks.addPostsOf(tx, userId);
    }),
  ];
}
