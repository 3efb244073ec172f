import { z } from 'zod';
import { defineCall, MAX_IDS_PER_CALL } from '../call-contract.js';

const audience = z.enum(['PUBLIC', 'FOLLOWERS', 'MUTUALS', 'ONLY_ME']);

/** Those of the posts that the asking viewer (of the assertion) may see, in no order; the others are left out without a reason. */
export const visiblePosts = defineCall('content', 'visiblePosts', {
  input: z.object({ postIds: z.array(z.uuid()).max(MAX_IDS_PER_CALL) }),
  output: z.object({ posts: z.array(z.object({ postId: z.uuid(), authorId: z.uuid(), audience })) }),
});

/** Those of the media that belong to the asking viewer and are READY. */
export const ownMedia = defineCall('content', 'ownMedia', {
  input: z.object({ mediaIds: z.array(z.uuid()).max(100) }),
  output: z.object({ mediaIds: z.array(z.uuid()) }),
});

/** A page of every post that is not deleted, for building a read model: ordered by id, `after` is the last id of the page before. */
export const postSnapshot = defineCall('content', 'postSnapshot', {
  input: z.object({ after: z.uuid().nullable(), limit: z.number().int().min(1).max(5_000) }),
  output: z.object({
    posts: z.array(
      z.object({
        postId: z.uuid(),
        authorId: z.uuid(),
        revision: z.number().int(),
        audience,
        language: z.string().nullable(),
        createdAt: z.iso.datetime(),
      }),
    ),
    nextAfter: z.uuid().nullable(),
  }),
});

/** What those of the posts are about that are PUBLIC and not deleted; the others are left out. */
export const postSubjects = defineCall('content', 'postSubjects', {
  input: z.object({ postIds: z.array(z.uuid()).max(MAX_IDS_PER_CALL) }),
  output: z.object({
    posts: z.array(
      z.object({
        postId: z.uuid(),
        isSensitive: z.boolean(),
        /** Without #, each once. */
        hashtags: z.array(z.string()),
        /** As the text has them, with a scheme; each once. */
        links: z.array(z.string()),
        productIds: z.array(z.uuid()),
      }),
    ),
  }),
});

/**
 * Makes a READY photo of the asking viewer's out of a file, through the same checks and processing as an upload: for the demo and for
 * moving in from elsewhere. @throws Fault BAD_USER_INPUT for what is no picture.
 */
export const importPhoto = defineCall('content', 'importPhoto', {
  input: z.object({ fileName: z.string().max(200), base64: z.string().max(20_000_000) }),
  output: z.object({ mediaId: z.uuid() }),
});
