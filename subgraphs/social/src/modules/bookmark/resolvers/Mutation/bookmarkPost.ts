import { notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from '../../../types.generated.js';

export const bookmarkPost: NonNullable<MutationResolvers['bookmarkPost']> = async (_parent, { input }, ctx) => {
  const postId = uuidOf('post', input.postId);
  const outcome = await ctx.services.bookmark.keep(ctx.looker, postId, input.folderId == null ? null : uuidOf('folder', input.folderId));
  ctx.forget();
  switch (outcome) {
    case 'done':
      return { __typename: 'BookmarkPostOk', post: { postId } };
    case 'missingPost':
      return notFound('post');
    case 'missingFolder':
      return notFound('bookmark folder');
  }
};
