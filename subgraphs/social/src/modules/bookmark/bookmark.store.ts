import type { Database, Tx } from '@plaza/db/database';
import { lock } from '@plaza/db/lock';
import { newId } from '@plaza/kernel/id';
import type { Keyset } from '@plaza/kernel/page';
import { HIGHEST_ID, type KeysetRow } from '@plaza/db/keyset';

export interface FolderRow {
  readonly id: string;
  readonly name: string;
}

/** A bookmark in its owner's list; `at` is when the post was first kept. */
export interface BookmarkRow extends KeysetRow {
  readonly postId: string;
  readonly folderId: string | null;
  readonly folderName: string | null;
}

export class BookmarkStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  /** Keeps a post, or moves it to the given folder. */
  async put(tx: Tx, viewerId: string, postId: string, folderId: string | null): Promise<void> {
    await tx.sql`
      INSERT INTO bookmark (id, viewer_id, post_id, folder_id) VALUES (${newId()}, ${viewerId}, ${postId}, ${folderId})
      ON CONFLICT (viewer_id, post_id) DO UPDATE SET folder_id = excluded.folder_id`;
  }

  async delete(viewerId: string, postId: string): Promise<void> {
    await this.#database.sql`DELETE FROM bookmark WHERE viewer_id = ${viewerId} AND post_id = ${postId}`;
  }

  async page(viewerId: string, after: Keyset | null, limit: number): Promise<readonly BookmarkRow[]> {
    return this.#database.sql<BookmarkRow>`
      SELECT kept.viewer_id AS "ownerId", kept.id, kept.created_at AS at, kept.post_id AS "postId", folder.id AS "folderId", folder.name AS "folderName"
      FROM bookmark kept LEFT JOIN bookmark_folder folder ON folder.id = kept.folder_id
      WHERE kept.viewer_id = ${viewerId}
        AND (kept.created_at, kept.id) < (${after?.at.toISOString() ?? 'infinity'}::timestamptz, ${after?.id ?? HIGHEST_ID}::uuid)
      ORDER BY kept.created_at DESC, kept.id DESC LIMIT ${limit}`;
  }

  async pageOfFolder(viewerId: string, folderId: string, after: Keyset | null, limit: number): Promise<readonly BookmarkRow[]> {
    return this.#database.sql<BookmarkRow>`
      SELECT kept.viewer_id AS "ownerId", kept.id, kept.created_at AS at, kept.post_id AS "postId", folder.id AS "folderId", folder.name AS "folderName"
      FROM bookmark kept JOIN bookmark_folder folder ON folder.id = kept.folder_id
      WHERE kept.folder_id = ${folderId} AND kept.viewer_id = ${viewerId}
        AND (kept.created_at, kept.id) < (${after?.at.toISOString() ?? 'infinity'}::timestamptz, ${after?.id ?? HIGHEST_ID}::uuid)
      ORDER BY kept.created_at DESC, kept.id DESC LIMIT ${limit}`;
  }

  /** One viewer's folders change one after the other. */
  async lockFolders(tx: Tx, viewerId: string): Promise<void> {
    await lock(tx, `folders ${viewerId}`);
  }

  async folders(viewerId: string): Promise<readonly FolderRow[]> {
    return this.#database.sql<FolderRow>`SELECT id, name FROM bookmark_folder WHERE viewer_id = ${viewerId} ORDER BY name, id`;
  }

  async foldersInTx(tx: Tx, viewerId: string): Promise<readonly FolderRow[]> {
    return tx.sql<FolderRow>`SELECT id, name FROM bookmark_folder WHERE viewer_id = ${viewerId}`;
  }

  async insertFolder(tx: Tx, viewerId: string, name: string): Promise<FolderRow> {
    const id = newId();
    await tx.sql`INSERT INTO bookmark_folder (id, viewer_id, name) VALUES (${id}, ${viewerId}, ${name})`;
    return { id, name };
  }

  /** Whether the viewer has had it; what it held is then in no folder. */
  async deleteFolder(tx: Tx, viewerId: string, folderId: string): Promise<boolean> {
    return (await tx.sql`DELETE FROM bookmark_folder WHERE id = ${folderId} AND viewer_id = ${viewerId} RETURNING 1`).length > 0;
  }
}
