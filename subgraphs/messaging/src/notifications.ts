import type { Database } from '@plaza/db/database';
import { every } from '@plaza/kernel/every';
import { MailQueue } from '@plaza/mail/mail-queue';
import { MailWorker } from '@plaza/mail/mail-worker';
import { mailDomain, openMail } from '@plaza/mail/open-mail';
import { UnsubscribeTokens } from '@plaza/mail/unsubscribe';
import type { SubgraphHost } from '@plaza/subgraph/subgraph-host';
import type { MessagingConfig } from './config.js';
import { onNoticedEvents } from './consumers/notices.js';
import type { InboxLogStore } from './inbox/inbox-log.store.js';
import { CauseStore } from './modules/notification/cause.store.js';
import { DigestService } from './modules/notification/digest.service.js';
import { DigestStore } from './modules/notification/digest.store.js';
import { EndpointService } from './modules/notification/endpoint.service.js';
import { EndpointStore } from './modules/notification/endpoint.store.js';
import { NoticeService } from './modules/notification/notice.service.js';
import { NotificationService } from './modules/notification/notification.service.js';
import { sweepNotifications } from './modules/notification/notification-sweeper.js';
import { NotificationStore } from './modules/notification/notification.store.js';
import { PreferenceStore } from './modules/notification/preference.store.js';
import type { Presence } from './modules/notification/push-port.js';
import { PushService } from './modules/notification/push.service.js';
import { PushStore } from './modules/notification/push.store.js';
import { RequestStore } from './modules/notification/request.store.js';
import { SettingsService } from './modules/notification/settings.service.js';
import { UNSUBSCRIBE_PATH, unsubscribePage } from './modules/notification/unsubscribe.router.js';
import { WebhookPush } from './modules/notification/webhook-push.js';

const PUSH_MS = 1_000;

/** Wires what tells people of things. */
export function openNotifications(
  host: SubgraphHost,
  database: Database<unknown>,
  inbox: InboxLogStore,
  config: Pick<MessagingConfig, 'mail' | 'push'>,
  presence: Presence,
) {
  const { calls, clock, logger, secret } = host;
  const stores = {
    notifications: new NotificationStore(database),
    requests: new RequestStore(database),
    preferences: new PreferenceStore(database),
  };
  const causes = new CauseStore();
  const endpoints = new EndpointStore(database);
  const digests = new DigestStore(database);
  const tokens = new UnsubscribeTokens(secret);
  const queue = new MailQueue(() => mailWorker.wake());
  const unsubscribeUrl = `${host.publicUrl}${UNSUBSCRIBE_PATH}`;
  const digest = new DigestService({ ...stores, digests, queue, tokens, calls, clock, unsubscribeUrl });
  const mail = openMail(host.dataDir, config.mail);
  const compose = digest.compose.bind(digest);
  const mailWorker = new MailWorker({ database, mail, compose, clock, logger, domain: mailDomain(config.mail) });

  const port = config.push === null ? null : new WebhookPush(config.push.url, config.push.token);
  const push = port && new PushService({ pushes: new PushStore(database), endpoints, port, presence, clock, logger });
  const pushing =
    push &&
    every(
      PUSH_MS,
      () => push.tend(),
      (err) => logger.warn({ err }, 'push messages wait'),
    );
  const sweeping = sweepNotifications({ ...stores, digests, clock }, logger);

  const notices = new NoticeService({ ...stores, causes, inbox, messengers: push === null ? [digest] : [digest, push] });
  const notificationSettings = new SettingsService({ ...stores, database, causes, notices, tokens });
  return {
    stores,
    services: {
      notification: new NotificationService({ ...stores, database, causes, inbox, clock }),
      notificationSettings,
      endpoint: new EndpointService(database, endpoints),
    },
    reactions: onNoticedEvents(notices),
    routes: unsubscribePage(notificationSettings),
    async stop(): Promise<void> {
      await Promise.all([mailWorker.stop(), pushing?.stop(), sweeping.stop()]);
      await mail.close();
    },
  };
}
