import type { Tx } from '@plaza/db/database';
import type { InboxKind } from '../inbox/inbox-entry.js';

export interface NewChange {
  readonly kind: InboxKind;
  /** The message that it is about; 0, or left out, where it is about none. */
  readonly seq?: number;
  /** Somebody whom it is about, for those kinds that are about somebody. */
  readonly thingId?: string | null;
  readonly actorId: string;
}

/** Takes the conversation's row lock: from here on nobody else changes anything in it. False: it never was. */
export async function lockConversation(tx: Tx, conversationId: string): Promise<boolean> {
  const rows = await tx.sql`SELECT 1 FROM conversation WHERE id = ${conversationId} FOR UPDATE`;
  return rows.length > 0;
}

/**
 * Notes that something has changed, for the delivery and for whoever copies the conversation to another shard: every write below a conversation
 * does so. The caller holds the conversation's lock. Returns the change's number.
 */
export async function noteChange(tx: Tx, conversationId: string, { kind, seq = 0, thingId = null, actorId }: NewChange): Promise<number> {
  const [noted] = await tx.sql<{ position: number }>`
    WITH changed AS (
      UPDATE conversation SET last_change = last_change + 1 WHERE id = ${conversationId} RETURNING last_change
    )
    INSERT INTO conversation_change (conversation_id, position, kind, seq, thing_id, actor_id, created_at)
    SELECT ${conversationId}, last_change, ${kind}, ${seq}, ${thingId}::uuid, ${actorId}, clock_timestamp() FROM changed
    RETURNING position`;
  if (noted === undefined) throw new Error('a change of a conversation that never was');
  return noted.position;
}
