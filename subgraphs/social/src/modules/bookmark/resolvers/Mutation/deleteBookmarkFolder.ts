import { notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from '../../../types.generated.js';

export const deleteBookmarkFolder: NonNullable<MutationResolvers['deleteBookmarkFolder']> = async (_parent, { input }, ctx) => {
  const wasThere = await ctx.services.bookmark.deleteFolder(ctx.looker.viewerId, uuidOf('folder', input.folderId));
  return wasThere ? { __typename: 'DeleteBookmarkFolderOk', folderId: input.folderId } : notFound('bookmark folder');
};
