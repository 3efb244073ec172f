import type { Database } from '@plaza/db/database';

/** What the copy of the follow graph says for search. */
export class AudienceStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  /** Whom somebody follows, the latest first. */
  async followees(viewerId: string, limit: number): Promise<readonly string[]> {
    const rows = await this.#database.sql<{ id: string }>`
      SELECT followee_id AS id FROM followee WHERE follower_id = ${viewerId} AND followee_id <> ${viewerId} ORDER BY since DESC LIMIT ${limit}`;
    return rows.map(({ id }) => id);
  }

  /** How many follow each of the people; who has none is left out. */
  async followerCounts(userIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#database.sql<{ id: string; count: number }>`
      SELECT author_id AS id, follower_count AS count FROM author_mode WHERE author_id = ANY(${userIds}::uuid[])`;
    return new Map(rows.map(({ id, count }) => [id, count]));
  }
}
