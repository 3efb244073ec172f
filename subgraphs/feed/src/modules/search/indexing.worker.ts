import { every } from '@plaza/kernel/every';
import type { Logger } from '@plaza/telemetry/logger';
import type { IndexingService } from './indexing.service.js';

const LOOK_MS = 5_000;

/** Runs the index's work of this process, one slice after the other. */
export class IndexingWorker {
  readonly #service: IndexingService;
  readonly #logger: Logger;
  readonly #timer: { stop(): Promise<void> };
  #current: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #isStopped = false;

  constructor(service: IndexingService, logger: Logger) {
    this.#service = service;
    this.#logger = logger;
    // What a process left when it was killed, what failed, and what only moves the order: that can wait, and then comes together.
    this.#timer = every(
      LOOK_MS,
      async () => {
        await this.settled();
        await this.weighed();
      },
      () => undefined,
    );
  }

  /** Resolves when what was there to be found at the call is, or has failed and stays for later. Callers share a pass. */
  settled(): Promise<void> {
    this.#next ??= this.#current.then(() => {
      this.#current = this.#next ?? Promise.resolve();
      this.#next = undefined;
      return this.#run(() => this.#service.step());
    });
    return this.#next;
  }

  /** Resolves when the order knows what people did until the call. */
  async weighed(): Promise<void> {
    await this.#run(() => this.#service.weigh());
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#timer.stop();
    await (this.#next ?? this.#current);
  }

  async #run(step: () => Promise<boolean>): Promise<void> {
    try {
      while (!this.#isStopped && (await step()));
    } catch (error) {
      if (!this.#isStopped) this.#logger.error({ err: error }, 'the search index could not be brought up to date; trying again');
    }
  }
}
