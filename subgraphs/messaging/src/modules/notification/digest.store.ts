import type { Database, Tx } from '@plaza/db/database';
import type { NotificationKind } from './notification.policy.js';

export interface DigestCount {
  readonly kind: NotificationKind;
  readonly count: number;
}

/** What the mails that are owed will count. */
export class DigestStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  /** The mail that gathers for somebody and is not sent before a moment; null without one. */
  async gathering(tx: Tx, userId: string, kind: string, notBefore: Date): Promise<string | null> {
    const [mail] = await tx.sql<{ id: string }>`
      SELECT id FROM outgoing_mail
      WHERE user_id = ${userId} AND kind = ${kind} AND ended_at IS NULL AND attempts = 0 AND due_at > ${notBefore}
      ORDER BY due_at DESC LIMIT 1`;
    return mail?.id ?? null;
  }

  async add(tx: Tx, mailId: string, notificationIds: readonly string[]): Promise<void> {
    await tx.sql`
      INSERT INTO notification_digest_item AS known (mail_id, notification_id, cause_count)
      SELECT ${mailId}::uuid, id, count(*) FROM unnest(${notificationIds}::uuid[]) AS one (id) GROUP BY id
      ON CONFLICT (mail_id, notification_id) DO UPDATE SET cause_count = known.cause_count + excluded.cause_count`;
  }

  /** What of it is still there and unread. */
  async counts(mailId: string): Promise<readonly DigestCount[]> {
    return this.#database.sql<DigestCount>`
      SELECT told.kind, sum(least(item.cause_count, told.cause_count))::int AS count
      FROM notification_digest_item AS item JOIN notification_listed AS told ON told.id = item.notification_id
      WHERE item.mail_id = ${mailId} AND told.read_at IS NULL GROUP BY told.kind ORDER BY count DESC, told.kind`;
  }

  /** Forgets what mails have counted that are forgotten themselves. */
  async forget(): Promise<void> {
    await this.#database.sql`
      DELETE FROM notification_digest_item AS item
      WHERE NOT EXISTS (SELECT FROM outgoing_mail AS mail WHERE mail.id = item.mail_id)`;
  }
}
