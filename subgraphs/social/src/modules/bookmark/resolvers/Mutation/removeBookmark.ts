import { notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from '../../../types.generated.js';

export const removeBookmark: NonNullable<MutationResolvers['removeBookmark']> = async (_parent, { input }, ctx) => {
  const postId = uuidOf('post', input.postId);
  const outcome = await ctx.services.bookmark.remove(ctx.looker, postId);
  ctx.forget();
  return outcome === 'done' ? { __typename: 'RemoveBookmarkOk', post: { postId } } : notFound('post');
};
