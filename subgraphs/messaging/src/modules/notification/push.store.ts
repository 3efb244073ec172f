import type { Database, Tx } from '@plaza/db/database';
import { newId } from '@plaza/kernel/id';
import type { NotificationKind } from './notification.policy.js';

export type PushKind = 'PUSH' | 'SMS';

export interface NewPush {
  readonly userId: string;
  readonly channel: PushKind;
  readonly notificationId: string;
}

/** A message that is due; `kind` is null when there is nothing unread to tell of any more. */
export interface DuePush extends NewPush {
  readonly id: string;
  readonly kind: NotificationKind | null;
  /** How often it was taken up, this time included. */
  readonly attempt: number;
}

/** A message as it was taken: each taking has a higher number. */
type TakenPush = Pick<DuePush, 'id' | 'attempt'>;

/** Push and text messages that are still to be sent. */
export class PushStore {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async add(tx: Tx, pushes: readonly NewPush[], at: Date): Promise<void> {
    await tx.sql`
      INSERT INTO notification_delivery (id, user_id, channel, notification_id, due_at)
      SELECT one.*, ${at}::timestamptz FROM unnest(
        ${pushes.map(() => newId())}::uuid[], ${pushes.map(({ userId }) => userId)}::uuid[], ${pushes.map(({ channel }) => channel)}::text[],
        ${pushes.map(({ notificationId }) => notificationId)}::uuid[]
      ) AS one`;
  }

  /** Takes messages that are due, each until `leaseUntil`: then another may, and what its taker before says of it counts no more. */
  async takeDue(now: Date, leaseUntil: Date, atMost: number): Promise<readonly DuePush[]> {
    return this.#database.sql<DuePush>`
      WITH taken AS (
        UPDATE notification_delivery SET due_at = ${leaseUntil}, tries = tries + 1 WHERE id IN (
          SELECT id FROM notification_delivery WHERE due_at <= ${now} ORDER BY due_at LIMIT ${atMost} FOR UPDATE SKIP LOCKED
        ) RETURNING *
      )
      SELECT taken.id, taken.user_id AS "userId", taken.channel, taken.notification_id AS "notificationId", taken.tries AS attempt, told.kind
      FROM taken LEFT JOIN notification_listed AS told ON told.id = taken.notification_id AND told.read_at IS NULL`;
  }

  async postpone({ id, attempt }: TakenPush, until: Date): Promise<void> {
    await this.#database.sql`UPDATE notification_delivery SET due_at = ${until} WHERE id = ${id} AND tries = ${attempt}`;
  }

  async remove({ id, attempt }: TakenPush): Promise<void> {
    await this.#database.sql`DELETE FROM notification_delivery WHERE id = ${id} AND tries = ${attempt}`;
  }
}
