import { notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from '../../../types.generated.js';

export const likeComment: NonNullable<MutationResolvers['likeComment']> = async (_parent, { input }, ctx) => {
  const outcome = await ctx.services.comment.like(ctx.looker, uuidOf('comment', input.commentId));
  ctx.forget();
  return outcome.kind === 'done' ? { __typename: 'LikeCommentOk', comment: outcome.comment } : notFound('comment');
};
