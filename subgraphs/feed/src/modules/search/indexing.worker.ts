import { every } from '@plaza/kernel/every';
import { within } from '@plaza/kernel/in-time';
import type { Logger } from '@plaza/telemetry/logger';
import type { IndexingService } from './indexing.service.js';
import type { SearchKeeper } from './search-keeper.service.js';

const LOOK_MS = 5_000;
/** Events are taken on before they can be found when that takes longer than this. */
const PATIENCE_MS = 5_000;

/** Runs the index's work of this process, one slice after the other. */
export class IndexingWorker {
  readonly #service: IndexingService;
  readonly #keeper: SearchKeeper;
  readonly #logger: Logger;
  readonly #timer: { stop(): Promise<void> };
  readonly #leaving = new AbortController();
  #look: Promise<void>;
  #current: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #isBehind = false;

  constructor(service: IndexingService, keeper: SearchKeeper, logger: Logger) {
    this.#service = service;
    this.#keeper = keeper;
    this.#logger = logger;
    this.#look = this.#lookAfter();
    // What a process left when it was killed, what failed, and what only moves the order: that can wait, and then comes together.
    this.#timer = every(
      LOOK_MS,
      async () => {
        await this.#look;
        this.#look = this.#lookAfter();
        await this.#look;
        await this.settled();
        await this.weighed();
      },
      () => undefined,
    );
  }

  /** Whether what happened some seconds ago cannot be found yet: the engine or an owner is away, or there was too much. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** Resolves when what was there to be found at the call is, or has failed and stays for later. Callers share a pass. */
  settled(): Promise<void> {
    this.#next ??= this.#current.then(() => {
      this.#current = this.#next ?? Promise.resolve();
      this.#next = undefined;
      return this.#catchUp();
    });
    return this.#next;
  }

  /** As {@link settled}, for a while. Nobody waits while it is known to lag behind, because the engine or an owner is away: it catches up by itself. */
  async taken(): Promise<void> {
    const settled = this.settled();
    if (this.#isBehind) return;
    await within(settled, PATIENCE_MS, () => {
      this.#isBehind = true;
    });
  }

  /** Resolves when the order knows what people did until the call. */
  async weighed(): Promise<void> {
    await this.#run(() => this.#service.weigh());
  }

  async stop(): Promise<void> {
    this.#leaving.abort();
    await this.#timer.stop();
    await this.#look;
    await (this.#next ?? this.#current);
  }

  async #lookAfter(): Promise<void> {
    const { signal } = this.#leaving;
    try {
      await this.#keeper.look(signal);
    } catch (error) {
      if (!signal.aborted) this.#logger.warn({ err: error }, 'the search index could not be looked after; trying again');
    }
  }

  async #catchUp(): Promise<void> {
    this.#isBehind = !(await this.#run(() => this.#service.step()));
  }

  /** Whether it went well to the end. */
  async #run(step: () => Promise<boolean>): Promise<boolean> {
    const { signal } = this.#leaving;
    try {
      while (!signal.aborted && (await step()));
      return true;
    } catch (error) {
      if (!signal.aborted) this.#logger.error({ err: error }, 'the search index could not be brought up to date; trying again');
      return false;
    }
  }
}
