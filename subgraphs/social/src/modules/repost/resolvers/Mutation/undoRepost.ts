import { notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from '../../../types.generated.js';

export const undoRepost: NonNullable<MutationResolvers['undoRepost']> = async (_parent, { input }, ctx) => {
  const postId = uuidOf('post', input.postId);
  const outcome = await ctx.services.repost.undo(ctx.looker, postId);
  ctx.forget();
  return outcome === 'done' ? { __typename: 'UndoRepostOk', post: { postId } } : notFound('post');
};
