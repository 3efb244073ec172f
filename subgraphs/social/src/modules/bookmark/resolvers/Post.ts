import type { PostResolvers } from '../../types.generated.js';

export const Post: Pick<PostResolvers, 'viewerHasBookmarked' | '__resolveReference'> = {
  viewerHasBookmarked: async (post, _args, ctx) =>
    ctx.opens(post) ? (await ctx.loaders.post.flags.load(post.postId)).hasBookmarked : null,
};
