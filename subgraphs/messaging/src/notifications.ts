import type { Database } from '@plaza/db/database';
import { UnsubscribeTokens } from '@plaza/mail/unsubscribe';
import type { SubgraphHost } from '@plaza/subgraph/subgraph-host';
import { onNoticedEvents } from './consumers/notices.js';
import type { InboxLogStore } from './inbox/inbox-log.store.js';
import { CauseStore } from './modules/notification/cause.store.js';
import { EndpointService } from './modules/notification/endpoint.service.js';
import { EndpointStore } from './modules/notification/endpoint.store.js';
import { NoticeService } from './modules/notification/notice.service.js';
import { NotificationService } from './modules/notification/notification.service.js';
import { NotificationStore } from './modules/notification/notification.store.js';
import { PreferenceStore } from './modules/notification/preference.store.js';
import { RequestStore } from './modules/notification/request.store.js';
import { SettingsService } from './modules/notification/settings.service.js';

/** Wires what tells people of things. */
export function openNotifications({ clock, secret }: SubgraphHost, database: Database<unknown>, inbox: InboxLogStore) {
  const stores = {
    notifications: new NotificationStore(database),
    requests: new RequestStore(database),
    preferences: new PreferenceStore(database),
  };
  const causes = new CauseStore();
  const notices = new NoticeService({ ...stores, causes, inbox, messenger: { note: async () => {} } });
  return {
    stores,
    services: {
      notification: new NotificationService({ ...stores, database, causes, inbox, clock }),
      notificationSettings: new SettingsService({ ...stores, database, causes, notices, tokens: new UnsubscribeTokens(secret) }),
      endpoint: new EndpointService(database, new EndpointStore(database)),
    },
    reactions: onNoticedEvents(notices),
    stop: async (): Promise<void> => {},
  };
}
