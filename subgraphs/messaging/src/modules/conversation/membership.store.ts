import type { Database, Tx } from '@plaza/db/database';
import { TogetherReader } from '@plaza/kernel/together-reader';
import { type Keyset, type Page, toPage } from '@plaza/kernel/page';

/** A person's place in a conversation, as their home has it. */
export interface Membership {
  readonly conversationId: string;
  readonly readSeq: number;
  readonly unread: number;
  readonly isMuted: boolean;
  readonly isPinned: boolean;
  /** Whether it waits for them to accept it. */
  readonly isRequest: boolean;
}

export interface ListedConversation {
  readonly id: string;
  readonly lastAt: Date;
}

/** Whose place, in which conversation. */
interface Place {
  readonly userId: string;
  readonly conversationId: string;
}

const placeKey = ({ userId, conversationId }: Place): string => `${userId} ${conversationId}`;

/** What people have read of their conversations, and the lists of those. */
export class MembershipStore {
  readonly #database: Database<unknown>;
  readonly #places = new TogetherReader<Place, Membership | null>({ keyOf: placeKey, read: (places) => this.#read(places) });

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async of(userId: string, conversationIds: readonly string[]): Promise<readonly Membership[]> {
    const found = await this.#places.askAll(conversationIds.map((conversationId) => ({ userId, conversationId })));
    return found.filter((membership) => membership !== null);
  }

  async #read(places: readonly Place[]): Promise<readonly (Membership | null)[]> {
    const rows = await this.#database.sql<Membership & Place & Record<string, unknown>>`
      SELECT user_id AS "userId", conversation_id AS "conversationId", read_seq AS "readSeq",
        last_seq - read_seq - (
          SELECT count(*) FROM uncounted_message AS message
          WHERE message.user_id = place.user_id AND message.conversation_id = place.conversation_id
            AND message.seq > place.read_seq AND message.seq <= place.last_seq
        ) AS unread, is_muted AS "isMuted", pinned_at IS NOT NULL AS "isPinned", is_request AS "isRequest"
      FROM conversation_member AS place JOIN unnest(
        ${places.map(({ userId }) => userId)}::uuid[], ${places.map(({ conversationId }) => conversationId)}::uuid[]
      ) AS wanted (user_id, conversation_id) USING (user_id, conversation_id)`;
    const found = new Map(rows.map((row) => [placeKey(row), row]));
    return places.map((place) => found.get(placeKey(place)) ?? null);
  }

  /** A person's conversations, or their requests, the one that came up last first. */
  async listed(userId: string, isRequest: boolean, first: number, after: Keyset | null): Promise<Page<ListedConversation>> {
    const rows = await this.#database.sql<ListedConversation & Record<string, unknown>>`
      SELECT conversation_id AS id, last_at AS "lastAt" FROM conversation_member
      WHERE user_id = ${userId} AND left_at IS NULL AND is_request = ${isRequest} AND declined_at IS NULL
        AND (${after === null} OR (last_at, conversation_id) < (${after?.at.toISOString() ?? null}::timestamptz, ${after?.id ?? null}::uuid))
      ORDER BY last_at DESC, conversation_id DESC LIMIT ${first + 1}`;
    return toPage(rows, first);
  }

  /** Moves the marker up, never down. `seq` is there: the home may not have heard of it yet. False: it stood there or beyond. */
  async read(tx: Tx, userId: string, conversationId: string, seq: number): Promise<boolean> {
    const moved = await tx.sql`
      INSERT INTO conversation_member AS place (user_id, conversation_id, last_seq, read_seq) VALUES (${userId}, ${conversationId}, ${seq}, ${seq})
      ON CONFLICT (user_id, conversation_id) DO UPDATE
        SET read_seq = excluded.read_seq, last_seq = greatest(place.last_seq, excluded.last_seq)
        WHERE place.read_seq < excluded.read_seq
      RETURNING 1`;
    if (moved.length === 0) return false;
    await tx.sql`DELETE FROM uncounted_message WHERE user_id = ${userId} AND conversation_id = ${conversationId} AND seq <= ${seq}`;
    return true;
  }

  async isRequest(tx: Tx, userId: string, conversationId: string): Promise<boolean> {
    const rows =
      await tx.sql`SELECT 1 FROM conversation_member WHERE user_id = ${userId} AND conversation_id = ${conversationId} AND is_request`;
    return rows.length > 0;
  }

  /** Those who have it in their home and have not left it; at most `limit`. */
  async present(tx: Tx, conversationId: string, limit: number): Promise<readonly string[]> {
    const rows = await tx.sql<{ userId: string }>`
      SELECT user_id AS "userId" FROM conversation_member WHERE conversation_id = ${conversationId} AND left_at IS NULL LIMIT ${limit}`;
    return rows.map(({ userId }) => userId);
  }
}
