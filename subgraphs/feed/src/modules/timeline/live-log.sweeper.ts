import type { Database } from '@plaza/db/database';
import type { Clock } from '@plaza/kernel/clock';
import { every } from '@plaza/kernel/every';
import type { Logger } from '@plaza/telemetry/logger';
import type { LiveLogStore } from './live-log.store.js';

/** A day more than a cursor is good for. */
const KEPT_MS = 8 * 86_400_000;
const EVERY_MS = 10 * 60_000;
const BATCH = 5_000;

/** Forgets lines of live logs, and what feeds held at their time, once no cursor reaches back to them. */
export function sweepLiveLogs(database: Database<unknown>, store: LiveLogStore, clock: Clock, logger: Logger) {
  const sweep = async (): Promise<void> => {
    const before = new Date(clock.now().getTime() - KEPT_MS);
    while (await database.transaction((tx) => store.forget(tx, before, BATCH)));
  };
  return every(EVERY_MS, sweep, (error) => logger.warn({ err: error }, 'old live logs could not be forgotten'));
}
