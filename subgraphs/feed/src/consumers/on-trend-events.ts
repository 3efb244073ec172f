import type { Tx } from '@plaza/db/database';
import { on, type Reaction } from '@plaza/events/consumer';
import { userProfileChanged, userStateChanged } from '@plaza/events/contracts/accounts.events';
import { postDeleted, postEdited, postPublished, postRestored } from '@plaza/events/contracts/content.events';
import { commentAdded, commentDeleted, postLiked, postReposted, postUnliked } from '@plaza/events/contracts/social.events';
import type { ReactionStore } from '../modules/trend/reaction.store.js';
import type { StandingStore } from '../modules/trend/standing.store.js';
import type { TrendPostStore } from '../modules/trend/trend-post.store.js';
import { enterIntake } from '../modules/timeline/intake.js';

/** Posts that may trend are noted, to ask their owner what they are about; what is not PUBLIC is none of that. Repeats change nothing. */
export function onTrendPosts(posts: TrendPostStore): readonly Reaction[] {
  async function note(tx: Tx, { postId, audience }: { readonly postId: string; readonly audience: string }, at: string): Promise<void> {
    await enterIntake(tx, postId);
    if (audience === 'PUBLIC') await posts.noteDue(tx, postId, at);
    else await posts.delete(tx, postId);
  }
  return [
    ...[postPublished, postEdited, postRestored].map((contract) =>
      on<typeof postPublished.shape>(contract, (post, tx, { occurredAt }) => note(tx, post, occurredAt)),
    ),
    on(postDeleted, async ({ postId }, tx) => {
      await enterIntake(tx, postId);
      await posts.delete(tx, postId);
    }),
    on(postReposted, async ({ postId, createdAt }, tx) => {
      await enterIntake(tx, postId);
      await posts.noteUse(tx, postId, createdAt);
    }),
  ];
}

/** Likes and comments come and are taken back. Repeats change nothing. */
export function onReactionEvents(reactions: ReactionStore): readonly Reaction[] {
  const like = (postId: string, userId: string) => ({ postId, userId, kind: 'LIKE' as const, sourceId: postId });
  const comment = (postId: string, userId: string, sourceId: string) => ({ postId, userId, kind: 'COMMENT' as const, sourceId });
  return [
    on(postLiked, async ({ postId, userId, authorId }, tx, { occurredAt }) => {
      await enterIntake(tx, postId);
      await reactions.put(tx, like(postId, userId), authorId, occurredAt);
    }),
    on(postUnliked, async ({ postId, userId }, tx) => {
      await enterIntake(tx, postId);
      await reactions.delete(tx, like(postId, userId));
    }),
    on(commentAdded, async ({ commentId, postId, authorId, postAuthorId }, tx, { occurredAt }) => {
      await enterIntake(tx, postId);
      await reactions.put(tx, comment(postId, authorId, commentId), postAuthorId, occurredAt);
    }),
    on(commentDeleted, async ({ commentId, postId, authorId }, tx) => {
      await enterIntake(tx, postId);
      await reactions.delete(tx, comment(postId, authorId, commentId));
    }),
  ];
}

/** Accounts that change are noted, to ask their owner how they stand. */
export function onAccountEvents(standings: StandingStore): readonly Reaction[] {
  return [userStateChanged, userProfileChanged].map(({ type }) => ({
    type,
    react: async ({ key: userId }, tx) => {
      await enterIntake(tx, userId);
      await standings.noteDue(tx, userId);
    },
  }));
}
