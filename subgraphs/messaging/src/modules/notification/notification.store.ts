import type { Ask } from '@plaza/db/full-pages';
import type { Database, Tx } from '@plaza/db/database';
import { type KeysetRow, newestFirst } from '@plaza/db/keyset';
import type { Keyset } from '@plaza/kernel/page';
import type { NotificationKind, SubjectType } from './notification.policy.js';

/** A notification as it stands; `ownerId` is who is told, `at` when the newest of it happened. */
export interface NotificationRow extends KeysetRow {
  readonly kind: NotificationKind;
  readonly subjectType: SubjectType;
  readonly subjectId: string;
  readonly postId: string | null;
  readonly count: number;
  readonly createdAt: Date;
  readonly readAt: Date | null;
}

/** Somebody who did it; `ownerId` is the notification, `id` the person. */
export type ActorRow = KeysetRow;

interface Unread {
  readonly userId: string;
  readonly count: number;
}

export class NotificationStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  /** What is there for people, the latest first. */
  async page(asks: readonly Ask<Keyset>[], limit: number): Promise<readonly NotificationRow[]> {
    const { owners, ats, ids } = newestFirst(asks);
    return this.#database.sql<NotificationRow>`
      SELECT found.* FROM unnest(${owners}::uuid[], ${ats}::timestamptz[], ${ids}::uuid[]) AS page (user_id, at, id)
      CROSS JOIN LATERAL (
        SELECT id, user_id AS "ownerId", last_at AS at, kind, subject_type AS "subjectType", subject_id AS "subjectId", post_id AS "postId",
          cause_count AS count, created_at AS "createdAt", read_at AS "readAt"
        FROM notification_listed WHERE user_id = page.user_id AND (last_at, id) < (page.at, page.id)
        ORDER BY last_at DESC, id DESC LIMIT ${limit}
      ) AS found ORDER BY found."ownerId", found.at DESC, found.id DESC`;
  }

  /** Those that are there. */
  async byIds(ids: readonly string[]): Promise<readonly NotificationRow[]> {
    return this.#database.sql<NotificationRow>`
      SELECT id, user_id AS "ownerId", last_at AS at, kind, subject_type AS "subjectType", subject_id AS "subjectId", post_id AS "postId",
        cause_count AS count, created_at AS "createdAt", read_at AS "readAt"
      FROM notification_listed WHERE id = ANY(${ids}::uuid[])`;
  }

  /** Who did it, the newest first. */
  async actors(asks: readonly Ask<Keyset>[], limit: number): Promise<readonly ActorRow[]> {
    const { owners, ats, ids } = newestFirst(asks);
    return this.#database.sql<ActorRow>`
      SELECT found.* FROM unnest(${owners}::uuid[], ${ats}::timestamptz[], ${ids}::uuid[]) AS page (notification_id, at, id)
      CROSS JOIN LATERAL (
        SELECT notification_id AS "ownerId", source_id AS id, happened_at AS at FROM notification_cause
        WHERE notification_id = page.notification_id AND is_shown AND actor_id IS NOT NULL AND (happened_at, source_id) < (page.at, page.id)
        ORDER BY happened_at DESC, source_id DESC LIMIT ${limit}
      ) AS found ORDER BY found."ownerId", found.at DESC, found.id DESC`;
  }

  /** What is unread, the latest first, at most so many of each person. */
  async unreadRows(userIds: readonly string[], atMost: number): Promise<readonly NotificationRow[]> {
    return this.#database.sql<NotificationRow>`
      SELECT found.* FROM unnest(${userIds}::uuid[]) AS person (id)
      CROSS JOIN LATERAL (
        SELECT id, user_id AS "ownerId", last_at AS at, kind, subject_type AS "subjectType", subject_id AS "subjectId", post_id AS "postId",
          cause_count AS count, created_at AS "createdAt", read_at AS "readAt"
        FROM notification_listed WHERE user_id = person.id AND read_at IS NULL ORDER BY last_at DESC, id DESC LIMIT ${atMost}
      ) AS found`;
  }

  /** How many are unread. */
  async unread(userIds: readonly string[]): Promise<readonly Unread[]> {
    return this.#database.sql<Unread>`
      SELECT person.id AS "userId", (SELECT count(*)::int FROM notification_listed WHERE user_id = person.id AND read_at IS NULL) AS count
      FROM unnest(${userIds}::uuid[]) AS person (id)`;
  }

  /** Marks one and those below it read, or all. */
  async markRead(tx: Tx, userId: string, upTo: Keyset | null, now: Date): Promise<void> {
    if (upTo === null) {
      await tx.sql`UPDATE notification SET read_at = ${now} WHERE user_id = ${userId} AND read_at IS NULL`;
      return;
    }
    await tx.sql`
      UPDATE notification SET read_at = ${now}
      WHERE user_id = ${userId} AND read_at IS NULL AND (last_at, id) <= (${upTo.at}::timestamptz, ${upTo.id}::uuid)`;
  }

  /** Forgets at most `limit` causes that were taken back before a moment: nothing tells of them any more. @returns how many */
  async forgetTakenBack(before: Date, limit: number): Promise<number> {
    const gone = await this.#database.sql`
      DELETE FROM notification_cause WHERE ctid IN (
        SELECT ctid FROM notification_cause WHERE NOT is_on AND happened_at < ${before}::timestamptz ORDER BY happened_at LIMIT ${limit}
      ) RETURNING 1`;
    return gone.length;
  }

  /** @returns whether it was not dismissed before */
  async dismiss(tx: Tx, id: string, now: Date): Promise<boolean> {
    const rows = await tx.sql`UPDATE notification SET dismissed_at = ${now} WHERE id = ${id} AND dismissed_at IS NULL RETURNING 1`;
    return rows.length > 0;
  }
}
