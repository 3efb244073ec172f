import { pageRequest, sealCursor } from '@plaza/kernel/page';
import { connection } from '@plaza/db/full-pages';
import { keysetOf } from '@plaza/db/keyset';
import { uuidOf } from '../../../results.js';
import type { ViewerResolvers } from '../../types.generated.js';
import type { BookmarkRow } from '../bookmark.store.js';

const edge = ({ at, postId, folderId, folderName }: BookmarkRow) => ({
  bookmarkedAt: at,
  folder: folderId === null ? null : { id: folderId, name: folderName ?? '' },
  node: { postId },
});

export const Viewer: Pick<ViewerResolvers, 'bookmarkFolders' | 'bookmarks' | '__resolveReference'> = {
  bookmarks: async (_viewer, { folderId, ...args }, ctx) => {
    const page = pageRequest(args);
    const found = await ctx.services.bookmark.list(ctx.looker, page, folderId == null ? null : uuidOf('folder', folderId));
    return connection(found, keysetOf, sealCursor, edge);
  },
  bookmarkFolders: ({ userId }, _args, { services }) => services.bookmark.folders(userId),
};
