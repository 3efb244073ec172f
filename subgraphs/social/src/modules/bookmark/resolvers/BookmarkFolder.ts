import { idOf } from '../../../results.js';
import type { BookmarkFolderResolvers } from '../../types.generated.js';

export const BookmarkFolder: BookmarkFolderResolvers = {
  id: ({ id }) => idOf('folder', id),
};
