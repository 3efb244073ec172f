import type { PostResolvers } from '../../types.generated.js';

export const Post: Pick<PostResolvers, 'repostCount' | 'viewerHasReposted' | '__resolveReference'> = {
  repostCount: async (post, _args, ctx) => (ctx.opens(post) ? (await ctx.loaders.post.stats.load(post.postId)).repostCount : null),
  viewerHasReposted: async (post, _args, ctx) => (ctx.opens(post) ? (await ctx.loaders.post.flags.load(post.postId)).hasReposted : null),
};
