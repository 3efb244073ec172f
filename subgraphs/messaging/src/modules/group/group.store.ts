import type { Tx } from '@plaza/db/database';
import { lockConversation, noteChange } from '../../changes/note-change.js';
import type { Shards } from '../../shards/shards.js';
import type { ConversationRole } from '../conversation/conversation.store.js';
import { MAX_MEMBERS, type RankedMember } from './group.policy.js';

/** Somebody who is drawn in. */
export interface Newcomer {
  readonly userId: string;
  /** Whether they have to accept it first. */
  readonly isRequest: boolean;
}

/** A group under its row lock, with those who are in it, in the order in which they came. */
export interface LockedGroup {
  readonly title: string | null;
  readonly members: readonly RankedMember[];
}

/** Who is in groups, on their shards. Everything here happens under the conversation's row lock. */
export class GroupStore {
  readonly #shards: Shards;

  constructor(shards: Shards) {
    this.#shards = shards;
  }

  /** `work` on a group that nobody else changes meanwhile; null when there is no such group. */
  async locked<T>(id: string, work: (tx: Tx, group: LockedGroup) => Promise<T>): Promise<T | null> {
    return this.#shards.write(id, async (tx) => {
      if (!(await lockConversation(tx, id))) return null;
      const [group] = await tx.sql<{ title: string | null }>`SELECT title FROM conversation WHERE id = ${id} AND kind = 'GROUP'`;
      if (group === undefined) return null;
      const members = await tx.sql<RankedMember & Record<string, unknown>>`
        SELECT user_id AS "userId", role FROM member WHERE conversation_id = ${id} AND left_seq IS NULL ORDER BY joined_at, user_id LIMIT ${MAX_MEMBERS + 1}`;
      return work(tx, { title: group.title, members });
    });
  }

  /** Those who are not in it come in; they see what is said from now on. */
  static async add(tx: Tx, id: string, newcomers: readonly Newcomer[], actorId: string): Promise<void> {
    const added = await tx.sql`
      INSERT INTO member AS place (conversation_id, user_id, since_seq, is_request, joined_at)
      SELECT conversation.id, newcomer.user_id, conversation.last_seq, newcomer.is_request, clock_timestamp()
      FROM conversation, unnest(${newcomers.map(({ userId }) => userId)}::uuid[], ${newcomers.map(({ isRequest }) => isRequest)}::boolean[])
        AS newcomer (user_id, is_request)
      WHERE conversation.id = ${id}
      ON CONFLICT (conversation_id, user_id) DO UPDATE SET since_seq = excluded.since_seq, left_seq = NULL, role = 'MEMBER', was_removed = false,
        is_request = excluded.is_request, joined_at = excluded.joined_at
        WHERE place.left_seq IS NOT NULL
      RETURNING 1`;
    if (added.length > 0) await noteChange(tx, id, { kind: 'CONVERSATION_CHANGED', actorId });
  }

  /** Somebody leaves, by themselves or not. */
  static async remove(tx: Tx, id: string, userId: string, actorId: string): Promise<void> {
    await tx.sql`
      UPDATE member SET left_seq = conversation.last_seq, was_removed = ${userId !== actorId} FROM conversation
      WHERE conversation.id = ${id} AND member.conversation_id = ${id} AND user_id = ${userId} AND left_seq IS NULL`;
    await noteChange(tx, id, { kind: 'CONVERSATION_CHANGED', thingId: userId, actorId });
  }

  static async setRole(tx: Tx, id: string, userId: string, role: ConversationRole): Promise<void> {
    await tx.sql`UPDATE member SET role = ${role} WHERE conversation_id = ${id} AND user_id = ${userId}`;
  }

  static async rename(tx: Tx, id: string, title: string): Promise<void> {
    await tx.sql`UPDATE conversation SET title = ${title} WHERE id = ${id}`;
  }

  /** How many are in each. */
  async counts(ids: readonly string[]): Promise<readonly { readonly id: string; readonly count: number }[]> {
    return this.#shards.read(
      ids,
      (database, some) => database.sql<{ id: string; count: number }>`
        SELECT conversation_id AS id, count(*)::int AS count FROM member WHERE conversation_id = ANY(${some}::uuid[]) AND left_seq IS NULL
        GROUP BY conversation_id`,
    );
  }
}
