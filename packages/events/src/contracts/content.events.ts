import { z } from 'zod';
import { defineEvent, field } from '../event-contract.js';

const audience = field.oneOf(['PUBLIC', 'FOLLOWERS', 'MUTUALS', 'ONLY_ME']);
const post = {
  postId: field.id(),
  authorId: field.id(),
  revision: field.revision(),
  audience,
  language: field.language().nullable(),
  createdAt: field.instant(),
  /** Those mentioned who may see the post and have no block with its author. */
  mentionedUserIds: field.ids(100),
};

/** A post is there: new. */
export const postPublished = defineEvent('content', 'post.published', 'postId', z.object(post));

/** A post has a new revision; its audience may have changed. */
export const postEdited = defineEvent('content', 'post.edited', 'postId', z.object(post));

/** A post is gone for everybody, and can be restored for ten minutes. */
export const postDeleted = defineEvent('content', 'post.deleted', 'postId', z.object({ postId: field.id(), authorId: field.id() }));

/** A deleted post is back as it was. */
export const postRestored = defineEvent('content', 'post.restored', 'postId', z.object(post));
