import type { PostRevisionResolvers } from '../../types.generated.js';

export const PostRevision: PostRevisionResolvers = {};
