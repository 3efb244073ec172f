import type { PostResolvers } from './../../types.generated.js';

/** Belongs to content; here it is a `ref` and nothing more. */
export const Post: PostResolvers = {};
