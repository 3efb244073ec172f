import type { Tx } from '@plaza/db/database';
import type { Cause, Moment } from './notification.causes.js';
import {
  BUSINESS,
  BY_DEFAULT,
  type Circumstances,
  type NotificationKind,
  type SubjectType,
  type Wanted,
  type Withheld,
} from './notification.policy.js';

/** What a recipient has settled about something that happens. */
export type Given = Circumstances & Wanted;

export type NewCause = Cause & { readonly withheld: Withheld | null };

/** A cause that is shown and should not be, or the other way round. */
export interface Unsettled {
  readonly userId: string;
  readonly kind: NotificationKind;
  readonly subjectType: SubjectType;
  readonly subjectId: string;
  readonly sourceId: string;
  readonly actorId: string | null;
  readonly postId: string | null;
  readonly happenedAt: Date;
  /** Whether it is to be shown from now on. */
  readonly isShown: boolean;
  /** Where it was shown before; null: nowhere yet. */
  readonly notificationId: string | null;
}

export interface Gathering {
  readonly id: string;
  readonly userId: string;
  readonly kind: NotificationKind;
  readonly subjectId: string;
  readonly createdAt: Date;
}

export interface Settled extends Unsettled {
  readonly notificationId: string;
}

/** A notification after its causes have changed. */
export interface Changed {
  readonly id: string;
  readonly userId: string;
  readonly kind: NotificationKind;
  readonly before: number;
  readonly after: number;
  /** Neither read nor dismissed, and about what is there. */
  readonly isUnread: boolean;
}

export type HushReason = 'BLOCKS' | 'BLOCKED_BY' | 'MUTES';

export interface Hush {
  readonly userId: string;
  readonly otherId: string;
  readonly reason: HushReason;
  readonly isOn: boolean;
}

export interface PostState {
  readonly postId: string;
  readonly authorId: string;
  readonly isGone: boolean;
  readonly isPrivate: boolean;
}

/** What notifications are made of. Everything here happens in the transaction of whoever tells. */
export class CauseStore {
  /** What concerns these people is settled by one after the other. */
  async lock(tx: Tx, userIds: readonly string[]): Promise<void> {
    await tx.sql`
      SELECT pg_advisory_xact_lock(hashtextextended('notification:' || id, 0))
      FROM (SELECT DISTINCT id FROM unnest(${userIds}::text[]) AS person (id) ORDER BY id) AS people`;
  }

  /** In the order of the causes. */
  async given(tx: Tx, causes: readonly Cause[]): Promise<readonly Given[]> {
    return tx.sql<Given>`
      SELECT coalesce(preference.in_app, ${BY_DEFAULT.inApp}) AS "isWanted", coalesce(preference.in_app, ${BY_DEFAULT.inApp}) AS "inApp",
        coalesce(preference.push, ${BY_DEFAULT.push}) AS push, coalesce(preference.email, ${BY_DEFAULT.email}) AS email,
        coalesce(preference.sms, ${BY_DEFAULT.sms}) AS sms, coalesce(setting.new_accounts, 'ACCEPT') AS "newAccounts", request.state AS request,
        EXISTS (
          SELECT FROM notification_cause AS follow
          WHERE follow.user_id = cause.actor_id AND follow.kind = 'FOLLOW' AND follow.subject_id = cause.actor_id
            AND follow.source_id = cause.user_id AND follow.is_on
        ) AS "isFollowing"
      FROM unnest(
        ${causes.map(({ userId }) => userId)}::uuid[], ${causes.map(({ kind }) => kind)}::text[], ${causes.map(({ actorId }) => actorId)}::uuid[]
      ) WITH ORDINALITY AS cause (user_id, kind, actor_id, place)
      LEFT JOIN notification_preference AS preference ON preference.user_id = cause.user_id AND preference.kind = cause.kind
      LEFT JOIN notification_setting AS setting ON setting.user_id = cause.user_id
      LEFT JOIN notification_request AS request ON request.user_id = cause.user_id AND request.actor_id = cause.actor_id
      ORDER BY cause.place`;
  }

  /** Writes how causes stand, where nothing later is known. Why one is withheld stays what it was at first. */
  async put(tx: Tx, causes: readonly NewCause[], { version, at }: Moment): Promise<void> {
    await tx.sql`
      INSERT INTO notification_cause AS known
        (user_id, kind, subject_id, source_id, actor_id, subject_type, post_id, is_on, withheld, version, happened_at)
      SELECT cause.*, ${version}::uuid, ${at}::timestamptz FROM unnest(
        ${causes.map(({ userId }) => userId)}::uuid[], ${causes.map(({ kind }) => kind)}::text[],
        ${causes.map(({ subjectId }) => subjectId)}::uuid[], ${causes.map(({ sourceId }) => sourceId)}::uuid[],
        ${causes.map(({ actorId }) => actorId)}::uuid[], ${causes.map(({ subjectType }) => subjectType)}::text[],
        ${causes.map(({ postId }) => postId)}::uuid[], ${causes.map(({ isOn }) => isOn)}::boolean[],
        ${causes.map(({ withheld }) => withheld)}::text[]
      ) AS cause
      ON CONFLICT (user_id, kind, subject_id, source_id)
        DO UPDATE SET is_on = excluded.is_on, version = excluded.version, happened_at = excluded.happened_at
        WHERE known.version < excluded.version`;
  }

  /** Those of the causes whose showing is not what it should be. */
  async unsettled(tx: Tx, causes: readonly Pick<Cause, 'userId' | 'kind' | 'subjectId' | 'sourceId'>[]): Promise<readonly Unsettled[]> {
    return tx.sql<Unsettled>`
      SELECT * FROM (
        SELECT cause.user_id AS "userId", cause.kind, cause.subject_type AS "subjectType", cause.subject_id AS "subjectId",
          cause.source_id AS "sourceId", cause.actor_id AS "actorId", cause.post_id AS "postId", cause.happened_at AS "happenedAt",
          cause.notification_id AS "notificationId", cause.is_shown AS "wasShown",
          cause.is_on AND cause.withheld IS NULL AND (cause.kind = ANY(${BUSINESS}::text[]) OR NOT EXISTS (
            SELECT FROM notification_hush AS hush
            WHERE hush.user_id = cause.user_id AND hush.other_id = cause.actor_id AND hush.is_on
          )) AS "isShown"
        FROM unnest(
          ${causes.map(({ userId }) => userId)}::uuid[], ${causes.map(({ kind }) => kind)}::text[],
          ${causes.map(({ subjectId }) => subjectId)}::uuid[], ${causes.map(({ sourceId }) => sourceId)}::uuid[]
        ) AS key (user_id, kind, subject_id, source_id)
        JOIN notification_cause AS cause USING (user_id, kind, subject_id, source_id)
      ) AS cause
      WHERE "isShown" <> "wasShown" ORDER BY "happenedAt", "subjectId", "sourceId"`;
  }

  /** Where a cause stands that two people have to do with. */
  async between(tx: Tx, userId: string, actorId: string): Promise<readonly Pick<Cause, 'userId' | 'kind' | 'subjectId' | 'sourceId'>[]> {
    return tx.sql<Pick<Cause, 'userId' | 'kind' | 'subjectId' | 'sourceId'>>`
      SELECT user_id AS "userId", kind, subject_id AS "subjectId", source_id AS "sourceId"
      FROM notification_cause WHERE user_id = ${userId} AND actor_id = ${actorId}`;
  }

  /** Whom a post named when something was last known of it. */
  async mentioned(tx: Tx, postId: string): Promise<readonly string[]> {
    const rows = await tx.sql<{ userId: string }>`
      SELECT user_id AS "userId" FROM notification_cause WHERE subject_id = ${postId} AND kind = 'MENTION' AND is_on`;
    return rows.map(({ userId }) => userId);
  }

  /** Whether something has happened and was not taken back. */
  async isOn(tx: Tx, { userId, kind, subjectId, sourceId }: Pick<Cause, 'userId' | 'kind' | 'subjectId' | 'sourceId'>): Promise<boolean> {
    const rows = await tx.sql`
      SELECT 1 FROM notification_cause
      WHERE user_id = ${userId} AND kind = ${kind} AND subject_id = ${subjectId} AND source_id = ${sourceId} AND is_on`;
    return rows.length > 0;
  }

  /** The notifications that such causes could join: unread and about the same, the latest of each. */
  async gatherings(tx: Tx, causes: readonly Unsettled[]): Promise<readonly Gathering[]> {
    return tx.sql<Gathering>`
      SELECT DISTINCT ON (user_id, kind, subject_id) id, user_id AS "userId", kind, subject_id AS "subjectId", created_at AS "createdAt"
      FROM notification
      WHERE (user_id, kind, subject_id) IN (
        SELECT * FROM unnest(
          ${causes.map(({ userId }) => userId)}::uuid[], ${causes.map(({ kind }) => kind)}::text[],
          ${causes.map(({ subjectId }) => subjectId)}::uuid[]
        )
      ) AND read_at IS NULL AND dismissed_at IS NULL
      ORDER BY user_id, kind, subject_id, last_at DESC, id DESC`;
  }

  /** New notifications, of nothing yet. */
  async open(tx: Tx, ids: readonly string[], of: readonly Unsettled[]): Promise<void> {
    await tx.sql`
      INSERT INTO notification (id, user_id, kind, subject_type, subject_id, post_id, created_at, last_at)
      SELECT opened.*, opened.created_at FROM unnest(
        ${ids}::uuid[], ${of.map(({ userId }) => userId)}::uuid[], ${of.map(({ kind }) => kind)}::text[],
        ${of.map(({ subjectType }) => subjectType)}::text[], ${of.map(({ subjectId }) => subjectId)}::uuid[],
        ${of.map(({ postId }) => postId)}::uuid[], ${of.map(({ happenedAt }) => happenedAt.toISOString())}::timestamptz[]
      ) AS opened (id, user_id, kind, subject_type, subject_id, post_id, created_at)`;
  }

  /** Shows causes in their notifications, or takes them out. */
  async settle(tx: Tx, causes: readonly Settled[]): Promise<readonly Changed[]> {
    await tx.sql`
      UPDATE notification_cause AS cause SET is_shown = settled.is_shown, notification_id = settled.notification_id
      FROM unnest(
        ${causes.map(({ userId }) => userId)}::uuid[], ${causes.map(({ kind }) => kind)}::text[],
        ${causes.map(({ subjectId }) => subjectId)}::uuid[], ${causes.map(({ sourceId }) => sourceId)}::uuid[],
        ${causes.map(({ isShown }) => isShown)}::boolean[], ${causes.map(({ notificationId }) => notificationId)}::uuid[]
      ) AS settled (user_id, kind, subject_id, source_id, is_shown, notification_id)
      WHERE cause.user_id = settled.user_id AND cause.kind = settled.kind AND cause.subject_id = settled.subject_id
        AND cause.source_id = settled.source_id`;
    return tx.sql<Changed>`
      UPDATE notification AS told SET
        cause_count = cause_count + change.by,
        created_at = coalesce((SELECT min(happened_at) FROM notification_cause WHERE notification_id = told.id AND is_shown), created_at),
        last_at = coalesce((SELECT max(happened_at) FROM notification_cause WHERE notification_id = told.id AND is_shown), last_at)
      FROM (
        SELECT id, sum(by)::int AS by FROM unnest(
          ${causes.map(({ notificationId }) => notificationId)}::uuid[], ${causes.map(({ isShown }) => (isShown ? 1 : -1))}::int[]
        ) AS one (id, by) GROUP BY id
      ) AS change
      WHERE told.id = change.id
      RETURNING told.id, told.user_id AS "userId", told.kind, told.cause_count - change.by AS before, told.cause_count AS after,
        told.read_at IS NULL AND told.dismissed_at IS NULL AND NOT EXISTS (
          SELECT FROM notification_post AS post
          WHERE post.post_id = told.post_id AND (post.is_gone OR (post.is_private AND post.author_id <> told.user_id))
        ) AS "isUnread"`;
  }

  /** Notes that somebody is not heard, or is again, where nothing later is known. */
  async hush(tx: Tx, { userId, otherId, reason, isOn }: Hush, version: string): Promise<boolean> {
    const rows = await tx.sql`
      INSERT INTO notification_hush AS known (user_id, other_id, reason, is_on, version)
      VALUES (${userId}, ${otherId}, ${reason}, ${isOn}, ${version})
      ON CONFLICT (user_id, other_id, reason) DO UPDATE SET is_on = excluded.is_on, version = excluded.version
        WHERE known.version < excluded.version
      RETURNING 1`;
    return rows.length > 0;
  }

  /** Notes how a post stands, where nothing later is known. @returns whether it was noted */
  async putPost(tx: Tx, { postId, authorId, isGone, isPrivate }: PostState, version: string): Promise<boolean> {
    const rows = await tx.sql`
      INSERT INTO notification_post AS known (post_id, author_id, is_gone, is_private, version)
      VALUES (${postId}, ${authorId}, ${isGone}, ${isPrivate}, ${version})
      ON CONFLICT (post_id) DO UPDATE
        SET author_id = excluded.author_id, is_gone = excluded.is_gone, is_private = excluded.is_private, version = excluded.version
        WHERE known.version < excluded.version
      RETURNING 1`;
    return rows.length > 0;
  }

  /** How a post was known to stand; null: nothing is known. */
  async post(tx: Tx, postId: string): Promise<PostState | null> {
    const [post] = await tx.sql<PostState>`
      SELECT post_id AS "postId", author_id AS "authorId", is_gone AS "isGone", is_private AS "isPrivate"
      FROM notification_post WHERE post_id = ${postId}`;
    return post ?? null;
  }

  /** What is unread about a post, or would be if it were there. */
  async unreadOfPost(tx: Tx, postId: string): Promise<readonly { readonly id: string; readonly userId: string }[]> {
    return tx.sql<{ id: string; userId: string }>`
      SELECT id, user_id AS "userId" FROM notification
      WHERE post_id = ${postId} AND read_at IS NULL AND dismissed_at IS NULL AND cause_count > 0 ORDER BY user_id, id`;
  }
}
