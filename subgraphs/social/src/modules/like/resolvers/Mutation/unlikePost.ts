import { notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from '../../../types.generated.js';

export const unlikePost: NonNullable<MutationResolvers['unlikePost']> = async (_parent, { input }, ctx) => {
  const postId = uuidOf('post', input.postId);
  const outcome = await ctx.services.like.unlike(ctx.looker, postId);
  ctx.forget();
  return outcome === 'done' ? { __typename: 'UnlikePostOk', post: { postId } } : notFound('post');
};
