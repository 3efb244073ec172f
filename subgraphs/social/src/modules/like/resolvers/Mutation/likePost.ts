import { notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from '../../../types.generated.js';

export const likePost: NonNullable<MutationResolvers['likePost']> = async (_parent, { input }, ctx) => {
  const postId = uuidOf('post', input.postId);
  const outcome = await ctx.services.like.like(ctx.looker, postId);
  ctx.forget();
  return outcome === 'done' ? { __typename: 'LikePostOk', post: { postId } } : notFound('post');
};
