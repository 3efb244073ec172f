import type { Database, Tx } from '@plaza/db/database';
import { TogetherReader } from '@plaza/kernel/together-reader';
import type { MessagePlace } from '../message/message.store.js';

/** A message before somebody. */
interface View extends MessagePlace {
  readonly userId: string;
}

const viewKey = ({ userId, conversationId, seq }: View): string => `${userId} ${conversationId} ${seq}`;

/** What people have deleted for themselves alone, in their homes. */
export class HiddenStore {
  readonly #database: Database<unknown>;
  readonly #views = new TogetherReader<View, boolean>({ keyOf: viewKey, read: (views) => this.#read(views) });

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async byPlaces(userId: string, places: readonly MessagePlace[]): Promise<readonly MessagePlace[]> {
    const isHidden = await this.#views.askAll(places.map(({ conversationId, seq }) => ({ userId, conversationId, seq })));
    return places.filter((_, index) => isHidden[index]);
  }

  async #read(views: readonly View[]): Promise<readonly boolean[]> {
    const rows = await this.#database.sql<View & Record<string, unknown>>`
      SELECT user_id AS "userId", conversation_id AS "conversationId", seq FROM hidden_message JOIN unnest(
        ${views.map(({ userId }) => userId)}::uuid[], ${views.map(({ conversationId }) => conversationId)}::uuid[],
        ${views.map(({ seq }) => seq)}::bigint[]
      ) AS view (user_id, conversation_id, seq) USING (user_id, conversation_id, seq)`;
    const found = new Set(rows.map(viewKey));
    return views.map((view) => found.has(viewKey(view)));
  }

  /** False: it was hidden before. */
  async hide(tx: Tx, userId: string, { conversationId, seq }: MessagePlace): Promise<boolean> {
    const rows = await tx.sql`
      INSERT INTO hidden_message (user_id, conversation_id, seq) VALUES (${userId}, ${conversationId}, ${seq}) ON CONFLICT DO NOTHING RETURNING 1`;
    return rows.length > 0;
  }
}
