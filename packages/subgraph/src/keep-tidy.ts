import type { Database } from '@plaza/db/database';
import { forgetOldKeys } from '@plaza/db/idempotency';
import type { Logger } from '@plaza/telemetry/logger';

const EVERY_MS = 60 * 60 * 1_000;

/** Forgets old idempotency keys every hour. Returns what ends it. */
export function keepTidy(database: Database<unknown>, logger: Logger): () => Promise<void> {
  let current = Promise.resolve();
  const work = async (): Promise<void> => {
    await forgetOldKeys(database).catch((error: unknown) => logger.warn({ err: error }, 'old idempotency keys could not be forgotten'));
  };
  const timer = setInterval(() => void (current = current.then(work)), EVERY_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await current;
  };
}
