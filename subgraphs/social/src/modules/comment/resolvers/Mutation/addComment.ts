import { invalid, keyConflict } from '@plaza/subgraph/user-errors';
import { notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from '../../../types.generated.js';

export const addComment: NonNullable<MutationResolvers['addComment']> = async (_parent, { input }, ctx) => {
  const outcome = await ctx.services.comment.add(ctx.looker, {
    postId: uuidOf('post', input.postId),
    text: input.text,
    replyToId: input.replyToId == null ? null : uuidOf('comment', input.replyToId),
    idempotencyKey: input.idempotencyKey,
  });
  ctx.forget();
  switch (outcome.kind) {
    case 'done':
      return { __typename: 'AddCommentOk', comment: outcome.comment };
    case 'missing':
      return notFound(outcome.what);
    case 'invalid':
      return invalid(outcome.fields);
    case 'keyConflict':
      return keyConflict();
  }
};
