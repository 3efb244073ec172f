import type { Clock } from '@plaza/kernel/clock';
import { every } from '@plaza/kernel/every';
import type { Logger } from '@plaza/telemetry/logger';
import type { InboxLogStore } from './inbox-log.store.js';

const KEPT_MS = 7 * 24 * 60 * 60 * 1_000;
const EVERY_MS = 10 * 60 * 1_000;
const BATCH = 5_000;

/** Forgets lines of inbox logs after seven days, and those beyond the last 10,000 of a person. */
export function sweepInboxes(log: InboxLogStore, clock: Clock, logger: Logger): { stop(): Promise<void> } {
  const sweep = async (): Promise<void> => {
    const before = new Date(clock.now().getTime() - KEPT_MS);
    while ((await log.forgetBefore(before, BATCH)) === BATCH);
    while ((await log.forgetBeyond(BATCH)) === BATCH);
  };
  return every(EVERY_MS, sweep, (err) => logger.warn({ err }, 'old inbox lines could not be forgotten'));
}
