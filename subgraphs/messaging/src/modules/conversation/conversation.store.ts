import type { Tx } from '@plaza/db/database';
import type { Shards } from '../../shards/shards.js';
import { bucketOf } from '../../shards/bucket.js';

export type ConversationKind = 'DIRECT' | 'GROUP';
export type ConversationRole = 'OWNER' | 'ADMIN' | 'MEMBER';

/** A conversation as one of its members, present or past, has it. */
export interface SeenConversation {
  readonly id: string;
  readonly kind: ConversationKind;
  readonly title: string | null;
  readonly createdAt: Date;
  /** The last message of all. */
  readonly lastSeq: number;
  readonly viewerId: string;
  readonly role: ConversationRole;
  /** They see the messages after this one. */
  readonly sinceSeq: number;
  /** Up to this one; null while they are in it. */
  readonly leftSeq: number | null;
  /** Whether it came to them as a request; their home knows whether it still is one. */
  readonly cameAsRequest: boolean;
  /** The other one of a DIRECT conversation; null in a group. */
  readonly otherId: string | null;
}

export interface MemberRow {
  readonly conversationId: string;
  readonly userId: string;
  readonly role: ConversationRole;
  readonly joinedAt: Date;
}

export interface NewConversation {
  readonly id: string;
  readonly kind: ConversationKind;
  readonly title: string | null;
  readonly createdBy: string;
  readonly members: readonly {
    readonly userId: string;
    readonly role: ConversationRole;
    /** Whether it comes to them as a request. */
    readonly isRequest: boolean;
  }[];
}

/** Who looks at which. */
interface View {
  readonly viewerId: string;
  readonly conversationId: string;
}

const viewKey = ({ viewerId, conversationId }: View): string => `${viewerId} ${conversationId}`;

/** The truth of conversations and their members, on the shards. */
export class ConversationStore {
  readonly #shards: Shards;
  readonly #seen: (views: readonly View[]) => Promise<readonly (SeenConversation | null)[]>;

  constructor(shards: Shards) {
    this.#shards = shards;
    this.#seen = shards.together<View, SeenConversation | null>({ keyOf: viewKey, read: (views) => this.#views(views) });
  }

  /** Those that the viewer is, or was, a member of. */
  async seen(viewerId: string, ids: readonly string[]): Promise<readonly SeenConversation[]> {
    const seen = await this.#seen(ids.map((conversationId) => ({ viewerId, conversationId })));
    return seen.filter((conversation) => conversation !== null);
  }

  async #views(views: readonly View[]): Promise<readonly (SeenConversation | null)[]> {
    const rows = await this.#shards.read(
      views.map(({ conversationId }) => conversationId),
      (database, some) => {
        const here = new Set(some);
        const wanted = views.filter(({ conversationId }) => here.has(conversationId));
        return database.sql<SeenConversation & Record<string, unknown>>`
          SELECT conversation.id, conversation.kind, conversation.title, conversation.created_at AS "createdAt",
            conversation.last_seq AS "lastSeq", member.user_id AS "viewerId", member.role, member.since_seq AS "sinceSeq",
            member.left_seq AS "leftSeq", member.is_request AS "cameAsRequest",
            CASE WHEN conversation.kind = 'DIRECT' THEN
              (SELECT other.user_id FROM member AS other WHERE other.conversation_id = conversation.id AND other.user_id <> member.user_id)
            END AS "otherId"
          FROM unnest(
            ${wanted.map(({ viewerId }) => viewerId)}::uuid[], ${wanted.map(({ conversationId }) => conversationId)}::uuid[]
          ) AS view (viewer_id, conversation_id)
          JOIN member ON member.conversation_id = view.conversation_id AND member.user_id = view.viewer_id
          JOIN conversation ON conversation.id = view.conversation_id`;
      },
    );
    const found = new Map(rows.map((row) => [viewKey({ viewerId: row.viewerId, conversationId: row.id }), row]));
    return views.map((view) => found.get(viewKey(view)) ?? null);
  }

  /** Those who are in it, the first one first, after one of them; at most `limit` a conversation. */
  async members(
    ids: readonly string[],
    after: { readonly at: Date; readonly id: string } | null,
    limit: number,
  ): Promise<readonly MemberRow[]> {
    return this.#shards.read(
      ids,
      (database, some) => database.sql<MemberRow & Record<string, unknown>>`
        SELECT one.conversation_id AS "conversationId", one.user_id AS "userId", one.role, one.joined_at AS "joinedAt"
        FROM unnest(${some}::uuid[]) AS wanted (id)
        CROSS JOIN LATERAL (
          SELECT * FROM member WHERE conversation_id = wanted.id AND left_seq IS NULL
            AND (joined_at, user_id) > (${after?.at.toISOString() ?? '-infinity'}::timestamptz, ${after?.id ?? NOBODY}::uuid)
          ORDER BY joined_at, user_id LIMIT ${limit}
        ) AS one ORDER BY one.joined_at, one.user_id`,
    );
  }

  /** Starts it unless it is there. */
  async start({ id, kind, title, createdBy, members }: NewConversation): Promise<void> {
    await this.#shards.write(id, async (tx) => {
      const made = await tx.sql`
        INSERT INTO conversation (id, bucket, kind, title, created_by, last_change)
        VALUES (${id}, ${bucketOf(id)}, ${kind}, ${title}, ${createdBy}, 1) ON CONFLICT (id) DO NOTHING RETURNING 1`;
      if (made.length === 0) return;
      await tx.sql`
        INSERT INTO member (conversation_id, user_id, role, is_request)
        SELECT ${id}, user_id, role, is_request FROM unnest(
          ${members.map(({ userId }) => userId)}::uuid[], ${members.map(({ role }) => role)}::text[],
          ${members.map(({ isRequest }) => isRequest)}::boolean[]
        ) AS member (user_id, role, is_request)`;
      await tx.sql`
        INSERT INTO conversation_change (conversation_id, position, kind, actor_id) VALUES (${id}, 1, 'CONVERSATION_CHANGED', ${createdBy})`;
    });
  }

  /** The conversation under its row lock: everything that changes in it has one order. Null: it never was. */
  static async locked(tx: Tx, id: string): Promise<{ readonly lastSeq: number; readonly lastChange: number } | null> {
    const [row] = await tx.sql<{ lastSeq: number; lastChange: number }>`
      SELECT last_seq AS "lastSeq", last_change AS "lastChange" FROM conversation WHERE id = ${id} FOR UPDATE`;
    return row ?? null;
  }
}

const NOBODY = '00000000-0000-0000-0000-000000000000';
