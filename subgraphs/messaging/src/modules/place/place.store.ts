import type { Database, Tx } from '@plaza/db/database';
import { lock } from '@plaza/db/lock';

/** What a person may pin. */
export const MAX_PINNED = 10;

/** How people have their conversations, in their homes. */
export class PlaceStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  /** What somebody has pinned, the last one first. */
  async pinned(userId: string): Promise<readonly string[]> {
    const rows = await this.#database.sql<{ id: string }>`
      SELECT conversation_id AS id FROM conversation_member
      WHERE user_id = ${userId} AND pinned_at IS NOT NULL AND left_at IS NULL AND NOT is_request
      ORDER BY pinned_at DESC, conversation_id LIMIT ${MAX_PINNED}`;
    return rows.map(({ id }) => id);
  }

  /** One change of a person's places at a time. */
  async lock(tx: Tx, userId: string): Promise<void> {
    await lock(tx, `messaging places ${userId}`);
  }

  async othersPinned(tx: Tx, userId: string, conversationId: string): Promise<number> {
    const [row] = await tx.sql<{ count: number }>`
      SELECT count(*)::int AS count FROM conversation_member
      WHERE user_id = ${userId} AND pinned_at IS NOT NULL AND left_at IS NULL AND conversation_id <> ${conversationId}`;
    return row?.count ?? 0;
  }

  /** Null leaves as it is. */
  async set(tx: Tx, userId: string, conversationId: string, isMuted: boolean | null, isPinned: boolean | null): Promise<void> {
    await tx.sql`
      UPDATE conversation_member SET is_muted = coalesce(${isMuted}::boolean, is_muted),
        pinned_at = CASE ${isPinned}::boolean WHEN true THEN coalesce(pinned_at, now()) WHEN false THEN NULL ELSE pinned_at END
      WHERE user_id = ${userId} AND conversation_id = ${conversationId}`;
  }

  /** Whether it was one. */
  async accept(tx: Tx, userId: string, conversationId: string): Promise<boolean> {
    const rows = await tx.sql`
      UPDATE conversation_member SET is_request = false, declined_at = NULL WHERE user_id = ${userId} AND conversation_id = ${conversationId} AND is_request
      RETURNING 1`;
    return rows.length > 0;
  }

  /** Whether it is one. */
  async decline(tx: Tx, userId: string, conversationId: string): Promise<boolean> {
    const rows = await tx.sql`
      UPDATE conversation_member SET declined_at = coalesce(declined_at, now())
      WHERE user_id = ${userId} AND conversation_id = ${conversationId} AND is_request RETURNING 1`;
    return rows.length > 0;
  }

  /** Whether somebody has a conversation as a request that they have not accepted, or does not have it yet. */
  async isUnaccepted(userId: string, conversationId: string): Promise<boolean> {
    const [place] = await this.#database.sql<{ isRequest: boolean }>`
      SELECT is_request AS "isRequest" FROM conversation_member WHERE user_id = ${userId} AND conversation_id = ${conversationId}`;
    return place?.isRequest ?? true;
  }
}
