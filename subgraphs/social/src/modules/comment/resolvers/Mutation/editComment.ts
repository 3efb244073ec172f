import { invalid } from '@plaza/subgraph/user-errors';
import { notAllowed, notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from '../../../types.generated.js';

export const editComment: NonNullable<MutationResolvers['editComment']> = async (_parent, { input }, ctx) => {
  const outcome = await ctx.services.comment.edit(ctx.looker, uuidOf('comment', input.commentId), input.text);
  ctx.forget();
  switch (outcome.kind) {
    case 'done':
      return { __typename: 'EditCommentOk', comment: outcome.comment };
    case 'missing':
      return notFound('comment');
    case 'notAllowed':
      return notAllowed('Only its author edits a comment.');
    case 'invalid':
      return invalid(outcome.fields);
  }
};
