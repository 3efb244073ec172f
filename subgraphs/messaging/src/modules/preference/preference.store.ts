import type { Database } from '@plaza/db/database';

export type DirectMessageAudience = 'EVERYBODY' | 'REQUESTS' | 'FOLLOWING';
export type PresenceAudience = 'EVERYBODY' | 'FOLLOWING' | 'MUTUALS' | 'NOBODY';

export interface Preferences {
  readonly readReceipts: boolean;
  readonly typingIndicators: boolean;
  readonly directMessagesFrom: DirectMessageAudience;
  readonly presenceAudience: PresenceAudience;
}

/** Of whoever has said nothing. */
export const DEFAULT_PREFERENCES: Preferences = {
  readReceipts: true,
  typingIndicators: true,
  directMessagesFrom: 'EVERYBODY',
  presenceAudience: 'MUTUALS',
};

/** What people give away while talking, in their homes. */
export class MessagingPreferenceStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  /** Those of whoever has said something. */
  async byUsers(userIds: readonly string[]): Promise<readonly (Preferences & { readonly userId: string })[]> {
    return this.#database.sql<Preferences & { userId: string } & Record<string, unknown>>`
      SELECT user_id AS "userId", read_receipts AS "readReceipts", typing_indicators AS "typingIndicators",
        direct_messages_from AS "directMessagesFrom", presence_audience AS "presenceAudience"
      FROM messaging_preference WHERE user_id = ANY(${userIds}::uuid[])`;
  }

  async put(userId: string, { readReceipts, typingIndicators, directMessagesFrom, presenceAudience }: Preferences): Promise<void> {
    await this.#database.sql`
      INSERT INTO messaging_preference (user_id, read_receipts, typing_indicators, direct_messages_from, presence_audience)
      VALUES (${userId}, ${readReceipts}, ${typingIndicators}, ${directMessagesFrom}, ${presenceAudience})
      ON CONFLICT (user_id) DO UPDATE SET read_receipts = excluded.read_receipts, typing_indicators = excluded.typing_indicators,
        direct_messages_from = excluded.direct_messages_from, presence_audience = excluded.presence_audience`;
  }
}
