import { lockConversation, noteChange } from '../../changes/note-change.js';
import type { MessagePlace } from '../message/message.store.js';
import type { Shards } from '../../shards/shards.js';
import { MAX_OWN_REACTIONS, MAX_REACTIONS } from './reaction.policy.js';

/** One emoji under one message. */
export interface ReactionRow extends MessagePlace {
  readonly emoji: string;
  readonly count: number;
  readonly viewerHasReacted: boolean;
  /** The first twenty who have put it there. */
  readonly userIds: readonly string[];
}

/** What came of putting one under a message. 'gone': the message was deleted. */
export type Reacting = 'done' | 'gone' | { readonly limit: number };

/** What is under messages, on their shards. One that was taken away leaves its row, so that whoever copies changes finds it. */
export class ReactionStore {
  readonly #shards: Shards;

  constructor(shards: Shards) {
    this.#shards = shards;
  }

  async byPlaces(viewerId: string, places: readonly MessagePlace[]): Promise<readonly ReactionRow[]> {
    return this.#shards.read(
      places.map(({ conversationId }) => conversationId),
      (database, some) => {
        const here = new Set(some);
        const wanted = places.filter(({ conversationId }) => here.has(conversationId));
        return database.sql<ReactionRow & Record<string, unknown>>`
          SELECT conversation_id AS "conversationId", seq, emoji, count(*)::int AS count, bool_or(user_id = ${viewerId}::uuid) AS "viewerHasReacted",
            (array_agg(user_id ORDER BY change))[1:20] AS "userIds"
          FROM reaction JOIN unnest(
            ${wanted.map(({ conversationId }) => conversationId)}::uuid[], ${wanted.map(({ seq }) => seq)}::bigint[]
          ) AS wanted (conversation_id, seq) USING (conversation_id, seq)
          WHERE is_there GROUP BY conversation_id, seq, emoji ORDER BY min(change)`;
      },
    );
  }

  async add({ conversationId, seq }: MessagePlace, userId: string, emoji: string): Promise<Reacting> {
    return this.#shards.write(conversationId, async (tx) => {
      await lockConversation(tx, conversationId);
      const [message] = await tx.sql`
        SELECT 1 FROM message WHERE conversation_id = ${conversationId} AND seq = ${seq} AND deleted_at IS NULL`;
      if (message === undefined) return 'gone';
      const there = await tx.sql<{ emoji: string; isOwn: boolean }>`
        SELECT emoji, bool_or(user_id = ${userId}::uuid) AS "isOwn" FROM reaction
        WHERE conversation_id = ${conversationId} AND seq = ${seq} AND is_there GROUP BY emoji`;
      const same = there.find((one) => one.emoji === emoji);
      if (same?.isOwn === true) return 'done';
      if (there.filter(({ isOwn }) => isOwn).length >= MAX_OWN_REACTIONS) return { limit: MAX_OWN_REACTIONS };
      if (same === undefined && there.length >= MAX_REACTIONS) return { limit: MAX_REACTIONS };
      const change = await noteChange(tx, conversationId, { kind: 'MESSAGE_REACTED', seq, actorId: userId });
      await tx.sql`
        INSERT INTO reaction (conversation_id, seq, user_id, emoji, change) VALUES (${conversationId}, ${seq}, ${userId}, ${emoji}, ${change})
        ON CONFLICT (conversation_id, seq, user_id, emoji) DO UPDATE SET is_there = true, change = excluded.change`;
      return 'done';
    });
  }

  async remove({ conversationId, seq }: MessagePlace, userId: string, emoji: string): Promise<void> {
    await this.#shards.write(conversationId, async (tx) => {
      await lockConversation(tx, conversationId);
      const [there] = await tx.sql`
        SELECT 1 FROM reaction WHERE conversation_id = ${conversationId} AND seq = ${seq} AND user_id = ${userId} AND emoji = ${emoji} AND is_there`;
      if (there === undefined) return;
      const change = await noteChange(tx, conversationId, { kind: 'MESSAGE_REACTED', seq, actorId: userId });
      await tx.sql`
        UPDATE reaction SET is_there = false, change = ${change}
        WHERE conversation_id = ${conversationId} AND seq = ${seq} AND user_id = ${userId} AND emoji = ${emoji}`;
    });
  }
}
