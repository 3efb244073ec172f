import type { Database, Tx } from '@plaza/db/database';
import type { MessagePlace } from '../message/message.store.js';

/** What people have deleted for themselves alone, in their homes. */
export class HiddenStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async byPlaces(userId: string, places: readonly MessagePlace[]): Promise<readonly MessagePlace[]> {
    return this.#database.sql<MessagePlace & Record<string, unknown>>`
      SELECT conversation_id AS "conversationId", seq FROM hidden_message
      WHERE user_id = ${userId} AND (conversation_id, seq) IN (
        SELECT * FROM unnest(${places.map(({ conversationId }) => conversationId)}::uuid[], ${places.map(({ seq }) => seq)}::bigint[])
      )`;
  }

  /** False: it was hidden before. */
  async hide(tx: Tx, userId: string, { conversationId, seq }: MessagePlace): Promise<boolean> {
    const rows = await tx.sql`
      INSERT INTO hidden_message (user_id, conversation_id, seq) VALUES (${userId}, ${conversationId}, ${seq}) ON CONFLICT DO NOTHING RETURNING 1`;
    return rows.length > 0;
  }
}
