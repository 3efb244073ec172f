import { notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from '../../../types.generated.js';

export const unlikeComment: NonNullable<MutationResolvers['unlikeComment']> = async (_parent, { input }, ctx) => {
  const outcome = await ctx.services.comment.unlike(ctx.looker, uuidOf('comment', input.commentId));
  ctx.forget();
  return outcome.kind === 'done' ? { __typename: 'UnlikeCommentOk', comment: outcome.comment } : notFound('comment');
};
