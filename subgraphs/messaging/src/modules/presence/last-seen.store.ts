import type { Database } from '@plaza/db/database';

/** When people were last heard of, for after the processes that heard of them. */
export class LastSeenStore {
  readonly #database: Pick<Database<unknown>, 'sql'>;

  constructor(database: Pick<Database<unknown>, 'sql'>) {
    this.#database = database;
  }

  async byUsers(userIds: readonly string[]): Promise<readonly { readonly userId: string; readonly at: Date }[]> {
    return this.#database.sql<{ userId: string; at: Date }>`
      SELECT user_id AS "userId", at FROM last_seen WHERE user_id = ANY(${userIds}::uuid[])`;
  }

  async put(userId: string, at: Date): Promise<void> {
    await this.#database.sql`
      INSERT INTO last_seen (user_id, at) VALUES (${userId}, ${at}) ON CONFLICT (user_id) DO UPDATE SET at = greatest(last_seen.at, excluded.at)`;
  }
}
