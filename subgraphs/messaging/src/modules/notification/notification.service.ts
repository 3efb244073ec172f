import type { Database } from '@plaza/db/database';
import type { Clock } from '@plaza/kernel/clock';
import type { InboxLogStore } from '../../inbox/inbox-log.store.js';
import type { CauseStore } from './cause.store.js';
import type { NotificationRow, NotificationStore } from './notification.store.js';

export interface NotificationParts {
  readonly database: Database<unknown>;
  readonly notifications: NotificationStore;
  readonly causes: CauseStore;
  readonly inbox: Pick<InboxLogStore, 'append'>;
  readonly clock: Clock;
}

/** What people do with their notifications. */
export class NotificationService {
  readonly #parts: NotificationParts;

  constructor(parts: NotificationParts) {
    this.#parts = parts;
  }

  /** Marks those up to `upTo` read, or all. */
  async markRead(userId: string, upTo: NotificationRow | null): Promise<void> {
    const { database, notifications, causes, clock } = this.#parts;
    await database.transaction(async (tx) => {
      await causes.lock(tx, [userId]);
      await notifications.markRead(tx, userId, upTo, clock.now());
    });
  }

  /** The viewer's other devices are told. */
  async dismiss({ id, ownerId }: NotificationRow): Promise<void> {
    const { database, notifications, causes, inbox, clock } = this.#parts;
    await database.transaction(async (tx) => {
      await causes.lock(tx, [ownerId]);
      if (await notifications.dismiss(tx, id, clock.now())) {
        await inbox.append(tx, [{ userId: ownerId, kind: 'NOTIFICATION_REMOVED', thingId: id }]);
      }
    });
  }
}
