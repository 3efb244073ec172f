import type { Tx } from '@plaza/db/database';
import type { Shards } from '../../shards/shards.js';

export type SharedKind = 'POST' | 'PRODUCT';

export interface MessageRow {
  readonly id: string;
  readonly conversationId: string;
  readonly seq: number;
  readonly senderId: string;
  /** Null where there is none or it was deleted. */
  readonly text: string | null;
  readonly replyToSeq: number | null;
  readonly sharedKind: SharedKind | null;
  readonly sharedId: string | null;
  readonly mediaIds: readonly string[];
  readonly createdAt: Date;
  readonly editedAt: Date | null;
  readonly deletedAt: Date | null;
}

/** A message by its place. */
export interface MessagePlace {
  readonly conversationId: string;
  readonly seq: number;
}

export const placeKey = ({ conversationId, seq }: MessagePlace): string => `${conversationId} ${seq}`;

/** A stretch of a conversation: the messages after `low` and before `high`. */
export interface Stretch {
  readonly conversationId: string;
  readonly low: number;
  readonly high: number;
}

export interface NewMessage {
  readonly id: string;
  readonly conversationId: string;
  readonly senderId: string;
  readonly clientMessageId: string;
  readonly fingerprint: string;
  readonly text: string | null;
  readonly replyToSeq: number | null;
  readonly sharedKind: SharedKind | null;
  readonly sharedId: string | null;
  readonly mediaIds: readonly string[];
}

/** What was said, on the shards. */
export class MessageStore {
  readonly #shards: Shards;
  readonly #places: (places: readonly MessagePlace[]) => Promise<readonly (MessageRow | null)[]>;

  constructor(shards: Shards) {
    this.#shards = shards;
    this.#places = shards.together<MessagePlace, MessageRow | null>({ keyOf: placeKey, read: (places) => this.#read(places) });
  }

  async byPlaces(places: readonly MessagePlace[]): Promise<readonly MessageRow[]> {
    return (await this.#places(places)).filter((message) => message !== null);
  }

  async #read(places: readonly MessagePlace[]): Promise<readonly (MessageRow | null)[]> {
    const rows = await this.#shards.read(
      places.map(({ conversationId }) => conversationId),
      (database, some) => {
        const here = new Set(some);
        const wanted = places.filter(({ conversationId }) => here.has(conversationId));
        return database.sql<MessageRow & Record<string, unknown>>`
          SELECT id, conversation_id AS "conversationId", seq, sender_id AS "senderId", text, reply_to_seq AS "replyToSeq",
            shared_kind AS "sharedKind", shared_id AS "sharedId", media_ids AS "mediaIds", created_at AS "createdAt",
            edited_at AS "editedAt", deleted_at AS "deletedAt"
          FROM message JOIN unnest(
            ${wanted.map(({ conversationId }) => conversationId)}::uuid[], ${wanted.map(({ seq }) => seq)}::bigint[]
          ) AS wanted (conversation_id, seq) USING (conversation_id, seq)`;
      },
    );
    const found = new Map(rows.map((row) => [placeKey(row), row]));
    return places.map((place) => found.get(placeKey(place)) ?? null);
  }

  /** By their own ids, which say where they are. */
  async byIds(ids: readonly string[]): Promise<readonly MessageRow[]> {
    return this.#shards.read(
      ids,
      (database, some) => database.sql<MessageRow & Record<string, unknown>>`
        SELECT id, conversation_id AS "conversationId", seq, sender_id AS "senderId", text, reply_to_seq AS "replyToSeq",
          shared_kind AS "sharedKind", shared_id AS "sharedId", media_ids AS "mediaIds", created_at AS "createdAt",
          edited_at AS "editedAt", deleted_at AS "deletedAt"
        FROM message WHERE id = ANY(${some}::uuid[])`,
    );
  }

  /** The first `limit` of each stretch, or with `isBackwards` the last ones; the oldest first. */
  async within(stretches: readonly Stretch[], limit: number, isBackwards: boolean): Promise<readonly MessageRow[]> {
    return this.#shards.read(
      stretches.map(({ conversationId }) => conversationId),
      (database, some) => {
        const here = new Set(some);
        const wanted = stretches.filter(({ conversationId }) => here.has(conversationId));
        const ids = wanted.map(({ conversationId }) => conversationId);
        // Numbers have no gaps, so a stretch is cut before it is read.
        const lows = wanted.map(({ low, high }) => (isBackwards ? Math.max(low, high - 1 - limit) : low));
        const highs = wanted.map(({ low, high }) => (isBackwards ? high : Math.min(high, low + 1 + limit)));
        return database.sql<MessageRow & Record<string, unknown>>`
          SELECT message.id, message.conversation_id AS "conversationId", message.seq, message.sender_id AS "senderId", message.text,
            message.reply_to_seq AS "replyToSeq", message.shared_kind AS "sharedKind", message.shared_id AS "sharedId",
            message.media_ids AS "mediaIds", message.created_at AS "createdAt", message.edited_at AS "editedAt",
            message.deleted_at AS "deletedAt"
          FROM unnest(${ids}::uuid[], ${lows}::bigint[], ${highs}::bigint[]) AS stretch (id, low, high)
          JOIN message ON message.conversation_id = stretch.id AND message.seq > stretch.low AND message.seq < stretch.high
          ORDER BY message.conversation_id, message.seq`;
      },
    );
  }

  /** What somebody has sent under a client message id. */
  async sent(
    conversationId: string,
    senderId: string,
    clientMessageId: string,
  ): Promise<{ readonly seq: number; readonly fingerprint: string } | null> {
    const [row] = await this.#shards.read(
      [conversationId],
      (database) => database.sql<{ seq: number; fingerprint: string }>`
        SELECT seq, fingerprint FROM message
        WHERE conversation_id = ${conversationId} AND sender_id = ${senderId} AND client_message_id = ${clientMessageId}`,
    );
    return row ?? null;
  }

  /**
   * Says it under the conversation's row lock: the next number, and the note for the delivery. Null: it was said before, or its sender is in it no
   * more.
   */
  async add(message: NewMessage): Promise<number | null> {
    return this.#shards.write(message.conversationId, async (tx) => {
      await tx.sql`SELECT 1 FROM conversation WHERE id = ${message.conversationId} FOR UPDATE`;
      return insert(tx, message);
    });
  }
}

/** One statement after the lock was taken: so it sees what those before have done. */
async function insert(tx: Tx, message: NewMessage): Promise<number | null> {
  const { conversationId, senderId } = message;
  const [said] = await tx.sql<{ seq: number }>`
    WITH place AS (
      SELECT conversation.id, last_seq + 1 AS seq, last_change + 1 AS change FROM conversation
      JOIN member ON member.conversation_id = conversation.id AND member.user_id = ${senderId} AND member.left_seq IS NULL
      WHERE conversation.id = ${conversationId}
    ), said AS (
      INSERT INTO message (conversation_id, seq, id, sender_id, client_message_id, fingerprint, text, reply_to_seq, shared_kind, shared_id,
        media_ids, change, created_at)
      SELECT id, seq, ${message.id}, ${senderId}, ${message.clientMessageId}, ${message.fingerprint}, ${message.text},
        ${message.replyToSeq}::bigint, ${message.sharedKind}, ${message.sharedId}::uuid, ${message.mediaIds}::uuid[], change, clock_timestamp()
      FROM place
      ON CONFLICT (conversation_id, sender_id, client_message_id) DO NOTHING
      RETURNING seq, change, created_at
    ), counted AS (
      UPDATE conversation SET last_seq = said.seq, last_change = said.change FROM said WHERE id = ${conversationId}
    ), noted AS (
      INSERT INTO conversation_change (conversation_id, position, kind, seq, actor_id, created_at)
      SELECT ${conversationId}, change, 'MESSAGE_ADDED', seq, ${senderId}, created_at FROM said
    )
    SELECT seq FROM said`;
  return said?.seq ?? null;
}
