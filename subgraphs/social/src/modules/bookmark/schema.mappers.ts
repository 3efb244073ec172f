export type { FolderRow as BookmarkFolderMapper } from './bookmark.store.js';
