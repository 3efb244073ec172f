import { z } from 'zod';
import { defineEvent, field } from '../event-contract.js';

const follow = {
  followerId: field.id(),
  followeeId: field.id(),
  /** Whether reposts of the followee enter the follower's home feed. */
  reposts: field.flag(),
  /** Empty: all. */
  languages: z.array(field.language()).max(20),
  createdAt: field.instant(),
};
const pair = { followerId: field.id(), followeeId: field.id() };

/** Somebody follows somebody (at once, or by an accepted request). All follow events are keyed by the follower. */
export const followCreated = defineEvent('social', 'follow.created', 'followerId', z.object(follow));
/** The options of a follow changed. */
export const followChanged = defineEvent('social', 'follow.changed', 'followerId', z.object(follow));
/** A follow ended: by the follower, by removal, by a block. */
export const followRemoved = defineEvent('social', 'follow.removed', 'followerId', z.object(pair));

export const followRequested = defineEvent('social', 'followRequest.created', 'followerId', z.object(pair));
/** A request ended without a follow, or became one (then follow.created comes as well). */
export const followRequestClosed = defineEvent('social', 'followRequest.closed', 'followerId', z.object(pair));

const block = { blockerId: field.id(), blockedId: field.id() };
export const blockCreated = defineEvent('social', 'block.created', 'blockerId', z.object(block));
export const blockRemoved = defineEvent('social', 'block.removed', 'blockerId', z.object(block));

const mute = { muterId: field.id(), mutedId: field.id() };
/** For those who keep what the muter looks at. */
export const muteCreated = defineEvent('social', 'mute.created', 'muterId', z.object(mute));
/** A mute ended, by the muter or by time. */
export const muteRemoved = defineEvent('social', 'mute.removed', 'muterId', z.object(mute));

const like = { postId: field.id(), authorId: field.id(), userId: field.id() };
export const postLiked = defineEvent('social', 'post.liked', 'postId', z.object(like));
export const postUnliked = defineEvent('social', 'post.unliked', 'postId', z.object(like));

const repost = { postId: field.id(), authorId: field.id(), userId: field.id(), createdAt: field.instant() };
export const postReposted = defineEvent('social', 'post.reposted', 'postId', z.object(repost));
export const repostUndone = defineEvent(
  'social',
  'post.repostUndone',
  'postId',
  z.object({ postId: field.id(), authorId: field.id(), userId: field.id() }),
);

const comment = {
  commentId: field.id(),
  postId: field.id(),
  postAuthorId: field.id(),
  authorId: field.id(),
  replyToAuthorId: field.id().nullable(),
};
export const commentAdded = defineEvent('social', 'comment.added', 'postId', z.object(comment));
export const commentEdited = defineEvent('social', 'comment.edited', 'postId', z.object(comment));
export const commentDeleted = defineEvent('social', 'comment.deleted', 'postId', z.object(comment));
