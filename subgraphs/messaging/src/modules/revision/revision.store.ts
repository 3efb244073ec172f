import { lockConversation, noteChange } from '../../changes/note-change.js';
import type { Shards } from '../../shards/shards.js';
import type { MessagePlace } from '../message/message.store.js';

/** A text that a message had. */
export interface RevisionRow extends MessagePlace {
  readonly text: string;
  readonly createdAt: Date;
}

/** So often a message may be edited. */
export const MAX_EDITS = 20;

/** Changes what was said, under the row lock of its conversation. */
export class RevisionStore {
  readonly #shards: Shards;

  constructor(shards: Shards) {
    this.#shards = shards;
  }

  /** The newest first. */
  async byPlaces(places: readonly MessagePlace[]): Promise<readonly RevisionRow[]> {
    return this.#shards.read(
      places.map(({ conversationId }) => conversationId),
      (database, some) => {
        const here = new Set(some);
        const wanted = places.filter(({ conversationId }) => here.has(conversationId));
        return database.sql<RevisionRow & Record<string, unknown>>`
          SELECT conversation_id AS "conversationId", seq, text, created_at AS "createdAt"
          FROM message_revision JOIN unnest(
            ${wanted.map(({ conversationId }) => conversationId)}::uuid[], ${wanted.map(({ seq }) => seq)}::bigint[]
          ) AS wanted (conversation_id, seq) USING (conversation_id, seq)
          ORDER BY conversation_id, seq, number DESC`;
      },
    );
  }

  /** 'full': it was edited as often as it may be. 'gone': it was deleted. */
  async edit({ conversationId, seq }: MessagePlace, text: string, actorId: string): Promise<'done' | 'full' | 'gone'> {
    return this.#shards.write(conversationId, async (tx) => {
      await lockConversation(tx, conversationId);
      const [message] = await tx.sql<{ text: string | null; edits: number }>`
        SELECT text, (SELECT count(*)::int FROM message_revision WHERE conversation_id = message.conversation_id AND seq = message.seq) AS edits
        FROM message WHERE conversation_id = ${conversationId} AND seq = ${seq} AND deleted_at IS NULL`;
      if (message === undefined) return 'gone';
      if (message.text === text) return 'done';
      if (message.edits >= MAX_EDITS) return 'full';
      const change = await noteChange(tx, conversationId, { kind: 'MESSAGE_EDITED', seq, actorId });
      await tx.sql`
        INSERT INTO message_revision (conversation_id, seq, number, change, text, created_at)
        SELECT conversation_id, seq, ${message.edits + 1}, ${change}, coalesce(text, ''), coalesce(edited_at, created_at) FROM message
        WHERE conversation_id = ${conversationId} AND seq = ${seq}`;
      await tx.sql`
        UPDATE message SET text = ${text}, edited_at = clock_timestamp(), change = ${change} WHERE conversation_id = ${conversationId} AND seq = ${seq}`;
      return 'done';
    });
  }

  /** For everybody: nothing of what it said stays. */
  async delete({ conversationId, seq }: MessagePlace, actorId: string): Promise<void> {
    await this.#shards.write(conversationId, async (tx) => {
      await lockConversation(tx, conversationId);
      const [message] = await tx.sql`
        SELECT 1 FROM message WHERE conversation_id = ${conversationId} AND seq = ${seq} AND deleted_at IS NULL`;
      if (message === undefined) return;
      const change = await noteChange(tx, conversationId, { kind: 'MESSAGE_DELETED', seq, actorId });
      await tx.sql`
        UPDATE message SET text = NULL, media_ids = '{}', shared_kind = NULL, shared_id = NULL, reply_to_seq = NULL, deleted_at = clock_timestamp(),
          change = ${change}
        WHERE conversation_id = ${conversationId} AND seq = ${seq}`;
      // Emptied, not removed: whoever copies what has changed to another shard finds them so.
      await tx.sql`UPDATE message_revision SET text = '', change = ${change} WHERE conversation_id = ${conversationId} AND seq = ${seq}`;
      await tx.sql`UPDATE reaction SET is_there = false, change = ${change} WHERE conversation_id = ${conversationId} AND seq = ${seq} AND is_there`;
    });
  }
}
