import type { Database } from '@plaza/db/database';

/** What waits for a person. */
export interface InboxRow {
  readonly userId: string;
  /** The number of the last entry of their inbox log; 0 before the first. */
  readonly lastSeq: number;
  readonly unreadMessages: number;
}

export class InboxStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  /** One row for each of them. Muted conversations do not count, nor requests and those that were left. */
  async byUsers(userIds: readonly string[]): Promise<readonly InboxRow[]> {
    return this.#database.sql<InboxRow & Record<string, unknown>>`
      SELECT person.id AS "userId",
        coalesce((SELECT last_seq FROM inbox_log WHERE user_id = person.id), 0)::bigint AS "lastSeq",
        (
          SELECT coalesce(sum(last_seq - read_seq - (
            SELECT count(*) FROM uncounted_message AS message
            WHERE message.user_id = place.user_id AND message.conversation_id = place.conversation_id
              AND message.seq > place.read_seq AND message.seq <= place.last_seq
          )), 0)
          FROM conversation_member AS place
          WHERE user_id = person.id AND NOT is_muted AND NOT is_request AND left_at IS NULL AND last_seq > read_seq
        )::bigint AS "unreadMessages"
      FROM unnest(${userIds}::uuid[]) AS person (id)`;
  }
}
