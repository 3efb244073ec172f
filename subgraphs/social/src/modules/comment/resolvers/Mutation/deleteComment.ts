import { idOf, notAllowed, notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from '../../../types.generated.js';

export const deleteComment: NonNullable<MutationResolvers['deleteComment']> = async (_parent, { input }, ctx) => {
  const outcome = await ctx.services.comment.delete(ctx.looker, uuidOf('comment', input.commentId));
  ctx.forget();
  switch (outcome.kind) {
    case 'done':
      return { __typename: 'DeleteCommentOk', commentId: idOf('comment', outcome.comment.id), post: { postId: outcome.comment.postId } };
    case 'missing':
      return notFound('comment');
    case 'notAllowed':
      return notAllowed('Only its author and the author of its post delete a comment.');
  }
};
