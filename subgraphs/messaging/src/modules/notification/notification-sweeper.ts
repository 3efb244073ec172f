import type { Clock } from '@plaza/kernel/clock';
import { every } from '@plaza/kernel/every';
import type { Logger } from '@plaza/telemetry/logger';
import type { DigestStore } from './digest.store.js';
import type { NotificationStore } from './notification.store.js';

const EVERY_MS = 60 * 60 * 1_000;
/** Longer than any event is on its way: an older one that came after all would be taken for news. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1_000;
const BATCH = 5_000;

/** Forgets what was taken back a month ago, and what mails have counted that are forgotten themselves. */
export function sweepNotifications(
  { notifications, digests, clock }: { readonly notifications: NotificationStore; readonly digests: DigestStore; readonly clock: Clock },
  logger: Logger,
): { stop(): Promise<void> } {
  const sweep = async (): Promise<void> => {
    const before = new Date(clock.now().getTime() - KEPT_MS);
    while ((await notifications.forgetTakenBack(before, BATCH)) === BATCH);
    await digests.forget();
  };
  return every(EVERY_MS, sweep, (err) => logger.warn({ err }, 'old notifications could not be forgotten'));
}
