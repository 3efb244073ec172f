import type { Clock } from '@plaza/kernel/clock';
import type { Logger } from '@plaza/telemetry/logger';
import type { ActivityStore } from './activity.store.js';

const KEPT_MS = 7 * 24 * 60 * 60 * 1_000;
const EVERY_MS = 10 * 60 * 1_000;
const BATCH = 5_000;

export interface ActivitySweeperParts {
  readonly store: ActivityStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Forgets activity of more than seven days. That a post keeps 10,000 lines at most is seen to where they are written. */
export class ActivitySweeper {
  readonly #parts: ActivitySweeperParts;
  readonly #timer: NodeJS.Timeout;
  #current = Promise.resolve();

  constructor(parts: ActivitySweeperParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => void this.sweep(), EVERY_MS).unref();
  }

  /** One round after the other; what fails is left to the next one. */
  sweep(): Promise<void> {
    const { logger } = this.#parts;
    this.#current = this.#current
      .then(() => this.#run())
      .catch((err: unknown) => logger.warn({ err }, 'old activity could not be forgotten'));
    return this.#current;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#current;
  }

  async #run(): Promise<void> {
    const { store, clock } = this.#parts;
    const before = new Date(clock.now().getTime() - KEPT_MS);
    while ((await store.forget(before, BATCH)) === BATCH);
  }
}
