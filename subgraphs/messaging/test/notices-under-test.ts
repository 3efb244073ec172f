import { type Database, openDatabase } from '@plaza/db/database';
import type { EventEnvelope } from '@plaza/events/envelope';
import { newId } from '@plaza/kernel/id';
import { InProcessBus } from '@plaza/live/in-process-bus';
import { PrismaClient } from '@plaza/prisma/messaging';
import { createDatabases } from '@plaza/testing/databases';
import { PrismaPg } from '@prisma/adapter-pg';
import { onNoticedEvents } from '../src/consumers/notices.js';
import { InboxLogStore } from '../src/inbox/inbox-log.store.js';
import { CauseStore } from '../src/modules/notification/cause.store.js';
import { type Messenger, NoticeService } from '../src/modules/notification/notice.service.js';
import { NotificationStore } from '../src/modules/notification/notification.store.js';
import { RequestStore } from '../src/modules/notification/request.store.js';

/** What a person has, by the ids of things and people. */
export interface Listed {
  readonly kind: string;
  readonly subjectId: string;
  readonly count: number;
  /** The newest first. */
  readonly actors: readonly string[];
}

/** An event as it comes; ids rise with the time of making. */
export function event(type: string, payload: Record<string, unknown>, occurredAt = new Date()): EventEnvelope {
  return { id: newId(), type, key: newId(), occurredAt: occurredAt.toISOString(), payload };
}

/** Notifications on a database of their own, without a door. */
export async function openNotices(messengersOn: (database: Database<unknown>) => readonly Messenger[] = () => []) {
  const databases = await createDatabases(['messaging']);
  const database: Database<unknown> = openDatabase({
    url: databases.urls.messaging,
    prisma: (pool) => new PrismaClient({ adapter: new PrismaPg(pool) }),
  });
  const log = new InboxLogStore(database, new InProcessBus());
  const store = new NotificationStore(database);
  const requests = new RequestStore(database);
  const causes = new CauseStore();
  const notices = new NoticeService({ causes, requests, inbox: log, messengers: messengersOn(database) });
  const reactions = onNoticedEvents(notices);

  return {
    database,
    store,
    notices,
    causes,
    requests,
    log,
    async happen(...events: readonly EventEnvelope[]): Promise<void> {
      await database.transaction(async (tx) => {
        for (const one of events) for (const { type, react } of reactions) if (type === one.type) await react(one, tx);
      });
    },
    /** The latest first. */
    async listed(userId: string): Promise<readonly Listed[]> {
      const rows = await store.page([{ ownerId: userId, after: null }], 1_000);
      const actors = await store.actors(
        rows.map(({ id }) => ({ ownerId: id, after: null })),
        1_000,
      );
      return rows.map(({ id, kind, subjectId, count }) => ({
        kind,
        subjectId,
        count,
        actors: actors.filter(({ ownerId }) => ownerId === id).map((actor) => actor.id),
      }));
    },
    unread: async (userId: string): Promise<number> => (await store.unread([userId]))[0]?.count ?? -1,
    /** What the person's devices heard, in order. */
    told: async (userId: string): Promise<readonly string[]> =>
      ((await log.after(userId, { entry: 0, within: 0 }, 1_000)) ?? []).map(({ kind }) => kind),
    async close(): Promise<void> {
      await database.close();
      await databases.drop();
    },
  };
}

export type Notices = Awaited<ReturnType<typeof openNotices>>;
