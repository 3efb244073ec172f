import type { Database, Tx } from '@plaza/db/database';

export type SearchTaskKind = 'POST' | 'USER' | 'HASHTAG' | 'POST_WEIGHT' | 'USER_WEIGHT';

/** Something that search is to look at again; `version` says since when. */
export interface SearchTask {
  readonly kind: SearchTaskKind;
  readonly subject: string;
  readonly version: number;
}

/** The work of search: one row for each thing, however often it was asked for. */
export class SearchTaskStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async add(tx: Tx, kind: SearchTaskKind, subjects: readonly string[]): Promise<void> {
    await tx.sql`
      INSERT INTO search_task AS task (kind, subject) SELECT ${kind}::search_task_kind, subject FROM unnest(${subjects}::text[]) AS subject ORDER BY subject
      ON CONFLICT (kind, subject) DO UPDATE SET version = excluded.version`;
  }

  /** Everything that somebody wrote is looked at again. */
  async addPostsOf(tx: Tx, authorId: string): Promise<void> {
    await tx.sql`
      INSERT INTO search_task AS task (kind, subject)
      SELECT 'POST', post_id::text FROM feed_item WHERE actor_id = ${authorId} AND kind = 'POST' ORDER BY post_id
      ON CONFLICT (kind, subject) DO UPDATE SET version = excluded.version`;
  }

  async addAllHashtags(tx: Tx): Promise<void> {
    await tx.sql`
      INSERT INTO search_task AS task (kind, subject) SELECT 'HASHTAG', name FROM hashtag ORDER BY name
      ON CONFLICT (kind, subject) DO UPDATE SET version = excluded.version`;
  }

  /** The oldest of these kinds. */
  async next(kinds: readonly SearchTaskKind[], limit: number): Promise<readonly SearchTask[]> {
    return this.#database.sql<{ kind: SearchTaskKind; subject: string; version: number }>`
      SELECT kind, subject, version FROM search_task WHERE kind = ANY(${kinds}::search_task_kind[]) ORDER BY version LIMIT ${limit}`;
  }

  /** What was asked for again meanwhile stays. */
  async done(tasks: readonly SearchTask[]): Promise<void> {
    await this.#database.sql`
      DELETE FROM search_task AS task USING unnest(
        ${tasks.map(({ kind }) => kind)}::search_task_kind[], ${tasks.map(({ subject }) => subject)}::text[],
        ${tasks.map(({ version }) => version)}::bigint[]
      ) AS done (kind, subject, version)
      WHERE task.kind = done.kind AND task.subject = done.subject AND task.version = done.version`;
  }

  /** The version of a look that begins now. */
  async version(): Promise<number> {
    const [row] = await this.#database.sql<{
      version: number;
    }>`SELECT nextval(pg_get_serial_sequence('search_task', 'version')) AS version`;
    if (row === undefined) throw new Error('the sequence of versions is gone');
    return row.version;
  }
}
