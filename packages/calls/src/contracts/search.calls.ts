import { z } from 'zod';
import { defineCall, MAX_IDS_PER_CALL } from '../call-contract.js';

const ids = z.array(z.uuid()).max(MAX_IDS_PER_CALL);

/**
 * What an index needs of those of the posts that are not deleted, whoever may see them: the asker answers for who finds them. Texts are personal: an
 * asker lets go of what it made of them when the post is gone.
 */
export const searchablePosts = defineCall('content', 'searchablePosts', {
  input: z.object({ postIds: ids }),
  output: z.object({
    posts: z.array(
      z.object({
        postId: z.uuid(),
        authorId: z.uuid(),
        audience: z.enum(['PUBLIC', 'FOLLOWERS', 'MUTUALS', 'ONLY_ME']),
        language: z.string().nullable(),
        createdAt: z.iso.datetime(),
        text: z.string(),
        contentWarning: z.string().nullable(),
        isSensitive: z.boolean(),
        isEdited: z.boolean(),
        hasProducts: z.boolean(),
        hasLinks: z.boolean(),
        hasMentions: z.boolean(),
        /** In their one spelling, without #; each once. */
        hashtags: z.array(z.string()),
        /** In the author's order. */
        media: z.array(z.object({ kind: z.string(), altText: z.string().nullable() })),
      }),
    ),
  }),
});

/** What an index needs of people; ids that were never given are left out. Personal, as {@link searchablePosts}. */
export const searchableUsers = defineCall('accounts', 'searchableUsers', {
  input: z.object({ userIds: ids }),
  output: z.object({
    users: z.array(
      z.object({
        userId: z.uuid(),
        state: z.enum(['ACTIVE', 'DEACTIVATED', 'SUSPENDED', 'ERASED']),
        handle: z.string(),
        displayName: z.string(),
        bio: z.string().nullable(),
        createdAt: z.iso.datetime(),
      }),
    ),
  }),
});

/** A page of everybody who has an account in use, for building an index: ordered by id, `after` is the last id of the page before. */
export const userSnapshot = defineCall('accounts', 'userSnapshot', {
  input: z.object({ after: z.uuid().nullable(), limit: z.number().int().min(1).max(5_000) }),
  output: z.object({ userIds: z.array(z.uuid()), nextAfter: z.uuid().nullable() }),
});

/** How many likes, comments and reposts posts have together; those that never had any are left out. */
export const postAttention = defineCall('social', 'postAttention', {
  input: z.object({ postIds: ids }),
  output: z.object({ posts: z.array(z.object({ postId: z.uuid(), count: z.number().int() })) }),
});

/** For operators: build the search index anew beside the one that answers. Answers at once; {@link searchBuild} tells what came of it. */
export const rebuildSearch = defineCall('feed', 'rebuildSearch', { input: z.object({}), output: z.object({}) });

/** Whether the index is being built anew by this process, and what the last build came to; null: none yet, or it failed. */
export const searchBuild = defineCall('feed', 'searchBuild', {
  input: z.object({}),
  output: z.object({
    isRebuilding: z.boolean(),
    last: z.object({ posts: z.number().int(), users: z.number().int(), durationMs: z.number() }).nullable(),
  }),
});
