import type { PostResolvers } from '../../types.generated.js';
import { commentConnection, commentPage } from '../comment-connection.js';

export const Post: Pick<PostResolvers, 'commentCount' | 'comments' | '__resolveReference'> = {
  commentCount: async (post, _args, ctx) => (ctx.opens(post) ? (await ctx.loaders.post.stats.load(post.postId)).commentCount : null),
  comments: async (post, args, ctx) => {
    if (!ctx.opens(post)) return null;
    const page = commentPage(args, args.sort);
    return commentConnection(await ctx.loaders.comment.under(page, post.postId), page.sort);
  },
};
