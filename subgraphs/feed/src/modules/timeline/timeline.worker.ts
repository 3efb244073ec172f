import type { Logger } from '@plaza/telemetry/logger';
import type { TimelineService } from './timeline.service.js';

const LOOK_MS = 5_000;

/** Runs the timelines' work of this process, one step after the other; several processes take turns in the database. */
export class TimelineWorker {
  readonly #service: TimelineService;
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  #current: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #isStopped = false;

  constructor(service: TimelineService, logger: Logger) {
    this.#service = service;
    this.#logger = logger;
    // What a process left when it was killed, and what another one wrote.
    this.#timer = setInterval(() => void this.settled(), LOOK_MS).unref();
  }

  /** Resolves when the work that was there at the call is done, or has failed and stays for later. Callers share a pass. */
  settled(): Promise<void> {
    this.#next ??= this.#current.then(() => {
      this.#current = this.#next ?? Promise.resolve();
      this.#next = undefined;
      return this.#pass();
    });
    return this.#next;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    await (this.#next ?? this.#current);
  }

  async #pass(): Promise<void> {
    try {
      while (!this.#isStopped && (await this.#service.step()));
    } catch (error) {
      this.#logger.error({ err: error }, 'timelines could not be brought up to date; trying again');
    }
  }
}
