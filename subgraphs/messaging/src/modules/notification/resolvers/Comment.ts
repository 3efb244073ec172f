import type { CommentResolvers } from './../../types.generated.js';

/** Belongs to social; here it is a `ref` and nothing more. */
export const Comment: CommentResolvers = {};
