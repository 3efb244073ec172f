import type { Database } from '@plaza/db/database';
import { type FieldError, FieldErrors } from '@plaza/kernel/field-errors';
import type { Keyset, PageRequest } from '@plaza/kernel/page';
import { type FullPage, fullPages } from '@plaza/db/full-pages';
import { keysetOf } from '@plaza/db/keyset';
import type { Looker } from '../../looker.js';
import type { BookmarkRow, BookmarkStore, FolderRow } from './bookmark.store.js';

export type BookmarkOutcome = 'done' | 'missingPost' | 'missingFolder';
export type FolderOutcome =
  { readonly kind: 'done'; readonly folder: FolderRow } | { readonly kind: 'invalid'; readonly fields: readonly FieldError[] };

export const MAX_FOLDERS = 20;
const MAX_NAME = 50;

/** Bookmarks are their owner's alone: no counts, no events. */
export class BookmarkService {
  readonly #database: Database<unknown>;
  readonly #store: BookmarkStore;

  constructor(database: Database<unknown>, store: BookmarkStore) {
    this.#database = database;
    this.#store = store;
  }

  async keep(looker: Looker, postId: string, folderId: string | null): Promise<BookmarkOutcome> {
    if ((await looker.posts.load(postId)) === null) return 'missingPost';
    return this.#database.transaction(async (tx) => {
      await this.#store.lockFolders(tx, looker.viewerId);
      const folders = folderId === null ? [] : await this.#store.foldersInTx(tx, looker.viewerId);
      if (folderId !== null && !folders.some(({ id }) => id === folderId)) return 'missingFolder';
      await this.#store.put(tx, looker.viewerId, postId, folderId);
      return 'done';
    });
  }

  async remove(looker: Looker, postId: string): Promise<Exclude<BookmarkOutcome, 'missingFolder'>> {
    if ((await looker.posts.load(postId)) === null) return 'missingPost';
    await this.#store.delete(looker.viewerId, postId);
    return 'done';
  }

  /** What the viewer keeps and may still see. */
  async list(looker: Looker, page: PageRequest, folderId: string | null): Promise<FullPage<BookmarkRow, Keyset>> {
    const { viewerId, posts } = looker;
    const [found] = await fullPages([viewerId], page, {
      read: async (asks, limit) => {
        const after = asks[0]?.after ?? null;
        return folderId === null ? this.#store.page(viewerId, after, limit) : this.#store.pageOfFolder(viewerId, folderId, after, limit);
      },
      ownerOf: ({ ownerId }) => ownerId,
      positionOf: keysetOf,
      keep: async (rows) => {
        const seen = await Promise.all(rows.map(({ postId }) => posts.load(postId)));
        return rows.filter((_row, index) => seen[index] != null);
      },
    });
    if (found === undefined) throw new Error('one owner has one page');
    return found;
  }

  folders(viewerId: string): Promise<readonly FolderRow[]> {
    return this.#store.folders(viewerId);
  }

  async createFolder(viewerId: string, wanted: string): Promise<FolderOutcome> {
    const name = wanted.trim();
    const errors = new FieldErrors();
    errors.that(name.length >= 1 && name.length <= MAX_NAME && !name.includes('\0'), 'name', `A name has 1 to ${MAX_NAME} characters.`);
    if (errors.any) return { kind: 'invalid', fields: errors.list };
    return this.#database.transaction(async (tx) => {
      await this.#store.lockFolders(tx, viewerId);
      const folders = await this.#store.foldersInTx(tx, viewerId);
      const same = folders.find((folder) => folder.name === name);
      if (same !== undefined) return { kind: 'done', folder: same };
      errors.that(folders.length < MAX_FOLDERS, 'name', `At most ${MAX_FOLDERS} folders.`);
      if (errors.any) return { kind: 'invalid', fields: errors.list };
      return { kind: 'done', folder: await this.#store.insertFolder(tx, viewerId, name) };
    });
  }

  /** False: the viewer has no such folder. */
  async deleteFolder(viewerId: string, folderId: string): Promise<boolean> {
    return this.#database.transaction(async (tx) => {
      await this.#store.lockFolders(tx, viewerId);
      return this.#store.deleteFolder(tx, viewerId, folderId);
    });
  }
}
