import type { Tx } from '@plaza/db/database';
import type { Shards } from '../../shards/shards.js';
import { MAX_LINKS } from './group.policy.js';

export interface JoinLinkRow {
  readonly id: string;
  readonly conversationId: string;
  readonly code: string;
  readonly needsApproval: boolean;
  readonly expiresAt: Date | null;
  readonly maxUses: number | null;
  readonly uses: number;
  readonly createdBy: string;
  readonly createdAt: Date;
}

export interface JoinRequestRow {
  readonly conversationId: string;
  readonly userId: string;
  readonly createdAt: Date;
}

/** Ways into groups and those who wait before them, on the groups' shards. */
export class JoinStore {
  readonly #shards: Shards;

  constructor(shards: Shards) {
    this.#shards = shards;
  }

  /** Those in force, the newest first. */
  async links(ids: readonly string[]): Promise<readonly JoinLinkRow[]> {
    return this.#shards.read(
      ids,
      (database, some) => database.sql<JoinLinkRow & Record<string, unknown>>`
        SELECT id, conversation_id AS "conversationId", code, needs_approval AS "needsApproval", expires_at AS "expiresAt", max_uses AS "maxUses",
          uses, created_by AS "createdBy", created_at AS "createdAt"
        FROM join_link WHERE conversation_id = ANY(${some}::uuid[]) AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
        ORDER BY created_at DESC, id LIMIT ${ids.length * MAX_LINKS}`,
    );
  }

  /** The one of a code that is in force, and whom it leads to. */
  async byCode(
    conversationId: string,
    code: string,
  ): Promise<(JoinLinkRow & { readonly title: string | null; readonly memberCount: number }) | null> {
    const [link] = await this.#shards.read(
      [conversationId],
      (database) => database.sql<JoinLinkRow & { title: string | null; memberCount: number } & Record<string, unknown>>`
        SELECT link.id, link.conversation_id AS "conversationId", link.code, needs_approval AS "needsApproval", expires_at AS "expiresAt",
          max_uses AS "maxUses", uses, link.created_by AS "createdBy", link.created_at AS "createdAt", conversation.title,
          (SELECT count(*)::int FROM member WHERE member.conversation_id = conversation.id AND left_seq IS NULL) AS "memberCount"
        FROM join_link AS link JOIN conversation ON conversation.id = link.conversation_id
        WHERE link.conversation_id = ${conversationId} AND link.code = ${code} AND revoked_at IS NULL
          AND (expires_at IS NULL OR expires_at > now()) AND (max_uses IS NULL OR uses < max_uses)`,
    );
    return link ?? null;
  }

  /** Those who wait, whoever has waited longest first. */
  async requests(ids: readonly string[], limit: number): Promise<readonly JoinRequestRow[]> {
    return this.#shards.read(
      ids,
      (database, some) => database.sql<JoinRequestRow & Record<string, unknown>>`
        SELECT one.conversation_id AS "conversationId", one.user_id AS "userId", one.created_at AS "createdAt"
        FROM unnest(${some}::uuid[]) AS wanted (id)
        CROSS JOIN LATERAL (
          SELECT * FROM join_request WHERE conversation_id = wanted.id AND status = 'PENDING' ORDER BY created_at, user_id LIMIT ${limit}
        ) AS one ORDER BY one.created_at, one.user_id`,
    );
  }

  static async linkCount(tx: Tx, id: string): Promise<number> {
    const [row] = await tx.sql<{ count: number }>`
      SELECT count(*)::int AS count FROM join_link
      WHERE conversation_id = ${id} AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`;
    return row?.count ?? 0;
  }

  static async insert(tx: Tx, link: JoinLinkRow): Promise<void> {
    await tx.sql`
      INSERT INTO join_link (id, conversation_id, code, needs_approval, expires_at, max_uses, created_by, created_at)
      VALUES (${link.id}, ${link.conversationId}, ${link.code}, ${link.needsApproval}, ${link.expiresAt}, ${link.maxUses}, ${link.createdBy},
        ${link.createdAt})`;
  }

  /** Whether there is such a link, ended before or not. */
  static async revoke(tx: Tx, id: string, linkId: string): Promise<boolean> {
    const rows = await tx.sql`
      UPDATE join_link SET revoked_at = coalesce(revoked_at, now()) WHERE conversation_id = ${id} AND id = ${linkId} RETURNING 1`;
    return rows.length > 0;
  }

  /** One more has come by it; false when it is in force no more. */
  static async use(tx: Tx, id: string, linkId: string): Promise<boolean> {
    const rows = await tx.sql`
      UPDATE join_link SET uses = uses + 1
      WHERE conversation_id = ${id} AND id = ${linkId} AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
        AND (max_uses IS NULL OR uses < max_uses)
      RETURNING 1`;
    return rows.length > 0;
  }

  static async wasRemoved(tx: Tx, id: string, userId: string): Promise<boolean> {
    const rows = await tx.sql`SELECT 1 FROM member WHERE conversation_id = ${id} AND user_id = ${userId} AND was_removed`;
    return rows.length > 0;
  }

  /** Whoever was turned away stays so: asking again changes nothing. False: they had asked before. */
  static async ask(tx: Tx, id: string, userId: string): Promise<boolean> {
    const rows = await tx.sql`
      INSERT INTO join_request AS request (conversation_id, user_id, status, created_at) VALUES (${id}, ${userId}, 'PENDING', clock_timestamp())
      ON CONFLICT (conversation_id, user_id) DO UPDATE SET status = 'PENDING', created_at = excluded.created_at WHERE request.status = 'APPROVED'
      RETURNING 1`;
    return rows.length > 0;
  }

  /** Whether they waited. */
  static async answer(tx: Tx, id: string, userId: string, status: 'APPROVED' | 'DECLINED'): Promise<boolean> {
    const rows = await tx.sql`
      UPDATE join_request SET status = ${status} WHERE conversation_id = ${id} AND user_id = ${userId} AND status = 'PENDING' RETURNING 1`;
    return rows.length > 0;
  }
}
