import type { Database, Tx } from '@plaza/db/database';
import type { Due } from './trend-post.store.js';

/** What trends and suggestions need to know of an account. */
export interface Standing {
  readonly counts: boolean;
  readonly isDiscoverable: boolean;
}

/** How accounts stand that have ever changed. */
export class StandingStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  /** The account has changed: its owner is to be asked. */
  async noteDue(tx: Tx, userId: string): Promise<void> {
    await tx.sql`
      INSERT INTO account_standing AS account (user_id) VALUES (${userId})
      ON CONFLICT (user_id) DO UPDATE SET is_due = true, version = account.version + 1`;
  }

  async due(limit: number): Promise<readonly Due[]> {
    return this.#database.sql<{ id: string; version: number }>`
      SELECT user_id AS id, version FROM account_standing WHERE is_due ORDER BY user_id LIMIT ${limit}`;
  }

  /** Writes what the owner said of these; whom it does not know does not count. What became due again meanwhile stays so. */
  async write(asked: readonly Due[], answers: ReadonlyMap<string, Standing>): Promise<void> {
    const rows = asked.map(({ id, version }) => {
      const { counts = false, isDiscoverable = false } = answers.get(id) ?? {};
      return { id, version, counts, is_discoverable: isDiscoverable };
    });
    await this.#database.sql`
      UPDATE account_standing AS account SET is_due = false, counts = given.counts, is_discoverable = given.is_discoverable
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS given (id uuid, version int, counts boolean, is_discoverable boolean)
      WHERE account.user_id = given.id AND account.version = given.version`;
  }

  /** Starts over: whoever did something since is to be asked for, beside those known already. */
  async rebuild(tx: Tx, since: Date): Promise<void> {
    await tx.sql`
      INSERT INTO account_standing AS account (user_id)
      SELECT actor_id FROM feed_item WHERE at > ${since} UNION SELECT author_id FROM feed_item WHERE at > ${since}
      UNION SELECT user_id FROM post_reaction WHERE at > ${since}
      UNION SELECT follower_id FROM followee WHERE since > ${since} UNION SELECT followee_id FROM followee WHERE since > ${since}
      UNION SELECT user_id FROM account_standing
      ON CONFLICT (user_id) DO UPDATE SET is_due = true, version = account.version + 1`;
  }
}
