import { z } from 'zod';
import { defineCall, MAX_IDS_PER_CALL } from '../call-contract.js';

/** The relation epochs of people: each raised whenever what they may see of somebody changes. Who never had a relation is left out: 0. */
export const relationEpochs = defineCall('social', 'relationEpochs', {
  input: z.object({ userIds: z.array(z.uuid()).max(MAX_IDS_PER_CALL) }),
  output: z.object({ epochs: z.array(z.object({ userId: z.uuid(), epoch: z.number().int().nonnegative() })) }),
});

/**
 * Everybody who blocks a person or is blocked by them, and the person's epoch, read before: while it stays the same so do the others. Where it is
 * the one that the asker knows, `otherIds` is null. Beside them whoever mutes one of `heardIds`.
 */
export const blocksOf = defineCall('social', 'blocksOf', {
  input: z.object({
    users: z.array(z.object({ userId: z.uuid(), epoch: z.number().int().nonnegative().nullable() })).max(MAX_IDS_PER_CALL),
    heardIds: z.array(z.uuid()).max(MAX_IDS_PER_CALL),
  }),
  output: z.object({
    users: z.array(z.object({ userId: z.uuid(), epoch: z.number().int().nonnegative(), otherIds: z.array(z.uuid()).nullable() })),
    muters: z.array(z.object({ userId: z.uuid(), muterIds: z.array(z.uuid()) })),
  }),
});

/** How `userId` stands to others; those with whom there is nothing are left out. */
export const relations = defineCall('social', 'relations', {
  input: z.object({ userId: z.uuid(), otherIds: z.array(z.uuid()).max(MAX_IDS_PER_CALL) }),
  output: z.object({
    relations: z.array(
      z.object({
        otherId: z.uuid(),
        isFollowing: z.boolean(),
        isFollowedBy: z.boolean(),
        blocks: z.boolean(),
        isBlockedBy: z.boolean(),
        mutes: z.boolean(),
      }),
    ),
  }),
});

/**
 * A page of every follow, for building a read model. Ordered by id; `after` is the last id of the page before. Ask for `eventsPosition` before the
 * first page: replaying from there brings the model up to now.
 */
export const followSnapshot = defineCall('social', 'followSnapshot', {
  input: z.object({ after: z.uuid().nullable(), limit: z.number().int().min(1).max(5_000) }),
  output: z.object({
    follows: z.array(
      z.object({
        id: z.uuid(),
        followerId: z.uuid(),
        followeeId: z.uuid(),
        reposts: z.boolean(),
        languages: z.array(z.string()),
        createdAt: z.iso.datetime(),
      }),
    ),
    nextAfter: z.uuid().nullable(),
  }),
});

/** A page of every repost, as {@link followSnapshot}. */
export const repostSnapshot = defineCall('social', 'repostSnapshot', {
  input: z.object({ after: z.uuid().nullable(), limit: z.number().int().min(1).max(5_000) }),
  output: z.object({
    reposts: z.array(z.object({ id: z.uuid(), userId: z.uuid(), postId: z.uuid(), authorId: z.uuid(), createdAt: z.iso.datetime() })),
    nextAfter: z.uuid().nullable(),
  }),
});

/** A page of every like of a post since a moment, ordered by (post, user); `after` is the last one of the page before. */
export const likeSnapshot = defineCall('social', 'likeSnapshot', {
  input: z.object({
    since: z.iso.datetime(),
    after: z.object({ postId: z.uuid(), userId: z.uuid() }).nullable(),
    limit: z.number().int().min(1).max(5_000),
  }),
  output: z.object({
    likes: z.array(z.object({ postId: z.uuid(), userId: z.uuid(), createdAt: z.iso.datetime() })),
    nextAfter: z.object({ postId: z.uuid(), userId: z.uuid() }).nullable(),
  }),
});

/** A page of every comment since a moment that is not deleted, ordered by id, as {@link followSnapshot}. */
export const commentSnapshot = defineCall('social', 'commentSnapshot', {
  input: z.object({ since: z.iso.datetime(), after: z.uuid().nullable(), limit: z.number().int().min(1).max(5_000) }),
  output: z.object({
    comments: z.array(z.object({ commentId: z.uuid(), postId: z.uuid(), authorId: z.uuid(), createdAt: z.iso.datetime() })),
    nextAfter: z.uuid().nullable(),
  }),
});

/** A page of every follow request that waits for an answer, ordered by id, as {@link followSnapshot}. */
export const followRequestSnapshot = defineCall('social', 'followRequestSnapshot', {
  input: z.object({ after: z.uuid().nullable(), limit: z.number().int().min(1).max(5_000) }),
  output: z.object({
    requests: z.array(z.object({ id: z.uuid(), followerId: z.uuid(), followeeId: z.uuid() })),
    nextAfter: z.uuid().nullable(),
  }),
});
