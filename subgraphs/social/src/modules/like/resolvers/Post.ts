import { fromTypeId } from '@plaza/kernel/type-id';
import { idOf } from '../../../results.js';
import { sealActivityCursor } from '../../../posts/activity.cursor.js';
import type { PostResolvers } from '../../types.generated.js';

export const Post: Pick<PostResolvers, 'activityCursor' | 'id' | 'likeCount' | 'viewerHasLiked' | '__resolveReference'> = {
  __resolveReference: ({ id, ...rest }) => {
    const postId = fromTypeId('post', id);
    return postId === null ? null : { postId, gate: 'gate' in rest ? rest.gate : null };
  },
  id: ({ postId }) => idOf('post', postId),
  likeCount: async (post, _args, ctx) => (ctx.opens(post) ? (await ctx.loaders.post.stats.load(post.postId)).likeCount : null),
  viewerHasLiked: async (post, _args, ctx) => (ctx.opens(post) ? (await ctx.loaders.post.flags.load(post.postId)).hasLiked : null),
  activityCursor: async (post, _args, ctx) => {
    if (!ctx.opens(post)) return null;
    const { activitySeq: seq } = await ctx.loaders.post.stats.load(post.postId);
    return sealActivityCursor(ctx.cursors, post.postId, { position: seq, likes: seq });
  },
};
