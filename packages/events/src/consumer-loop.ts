import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '@plaza/db/database';
import { failpoint } from '@plaza/kernel/failpoint';
import { Signal } from '@plaza/kernel/signal';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import type { Logger } from '@plaza/telemetry/logger';
import { eventFailures, lanesFailing } from '@plaza/telemetry/metrics';
import { Backoff } from './backoff.js';
import type { Carrier } from './carrier.js';
import { ALL_LANES, anyNews, type DueLane, holdLanes, lanesBehind, movePositions, readDue } from './position.store.js';

export interface ConsumerLoopOptions {
  readonly owner: SubgraphName;
  readonly carrier: Carrier;
  readonly database: Database<unknown>;
  readonly logger: Logger;
}

const POLL_MS = 1_000;
/** A moment in which more may come that goes along. */
const LINGER_MS = 5;
/** Another process of this subgraph works on the lanes: look again after this. */
const BUSY_MS = 50;
/** Below the database's patience with idle transactions (30 s), because a transaction holds the lanes meanwhile. */
const DELIVERY_MS = 20_000;
const LANES_AT_ONCE = 3;

class Stopped extends Error {}

/** Carries the events of one subgraph one way, lane by lane, until it is stopped. */
export class ConsumerLoop {
  readonly #options: ConsumerLoopOptions;
  readonly #backoff = new Backoff();
  readonly #wake = new Signal();
  readonly #stop = new AbortController();
  #isFailing = false;
  #isClosed = false;
  /** When the way was last found closed. */
  #closedAt = -1;
  readonly #ended: Promise<void>;

  constructor(options: ConsumerLoopOptions) {
    this.#options = options;
    this.#ended = this.#run();
  }

  wake(): void {
    this.#wake.raise();
  }

  /** The lanes that lack facts from before `position` and have not failed since `time`. */
  async lanesUnderWay(position: string, time: number): Promise<readonly number[]> {
    const { database, carrier } = this.#options;
    const behind = await lanesBehind(database, carrier.name, carrier.types, position);
    if (this.#closedAt >= time) return [];
    return behind.filter((lane) => !this.#backoff.failedSince(lane, time));
  }

  /** Tries lanes that fail at once instead of later. */
  retryNow(): void {
    this.#backoff.retryNow();
    this.#wake.raise();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake.raise();
    await this.#ended;
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const restMs = await this.#work();
      if (await this.#wake.wait(restMs)) await pause(LINGER_MS);
    }
  }

  /** Delivers until nothing is left or nothing goes. Returns for how long to rest unless something wakes us. */
  async #work(): Promise<number> {
    const { database, carrier } = this.#options;
    try {
      await this.#open();
      for (;;) {
        const lanes = ALL_LANES.filter((lane) => this.#backoff.isDue(lane));
        if (this.#stop.signal.aborted || lanes.length === 0 || !(await anyNews(database, carrier.name, lanes))) break;
        if ((await this.#pass(lanes)) === 0) return BUSY_MS;
      }
    } catch (error) {
      if (error instanceof Stopped) return 0;
      this.#note(true, error);
    }
    return Math.min(POLL_MS, this.#backoff.nextRetryMs ?? POLL_MS);
  }

  /** @throws Error while nothing can be brought: outside of any transaction, so that nothing is held meanwhile. */
  async #open(): Promise<void> {
    try {
      await this.#inTime(() => this.#options.carrier.ready());
    } catch (error) {
      this.#isClosed = true;
      this.#closedAt = performance.now();
      throw error;
    }
    if (!this.#isClosed) return;
    this.#isClosed = false;
    this.#backoff.retryNow();
    if (!this.#backoff.any) this.#note(false);
  }

  /** One batch of each lane in one transaction, which holds the lanes against other processes. Returns how many lanes it held. */
  async #pass(lanes: readonly number[]): Promise<number> {
    const { database, carrier } = this.#options;
    return database.transaction(async (tx) => {
      const held = await holdLanes(tx, carrier.name, lanes);
      if (held.length === 0) return 0;
      const due = await readDue(tx, carrier.name, held, carrier.types);
      const delivered = await this.#deliverAll(due);
      if (due.some(({ events }) => events.length > 0)) await failpoint('relay.delivered');
      if (delivered.length > 0)
        await movePositions(
          tx,
          carrier.name,
          delivered.map(({ next }) => next),
        );
      return held.length;
    });
  }

  /** Returns the lanes that went through. */
  async #deliverAll(due: readonly DueLane[]): Promise<readonly DueLane[]> {
    const delivered: DueLane[] = due.filter(({ events }) => events.length === 0);
    const waiting = due.filter(({ events }) => events.length > 0);
    const worker = async (): Promise<void> => {
      for (let lane = waiting.shift(); lane !== undefined; lane = waiting.shift()) {
        if (await this.#deliver(lane)) delivered.push(lane);
      }
    };
    await Promise.all(Array.from({ length: LANES_AT_ONCE }, worker));
    return delivered;
  }

  async #deliver({ lane, events }: DueLane): Promise<boolean> {
    const { owner, carrier } = this.#options;
    const labels = { owner, consumer: carrier.name };
    try {
      await this.#inTime(() => carrier.carry(events));
    } catch (error) {
      if (error instanceof Stopped) throw error;
      this.#backoff.failed(lane);
      eventFailures.inc(labels);
      lanesFailing.set(labels, this.#backoff.count);
      this.#note(true, error);
      return false;
    }
    this.#backoff.succeeded(lane);
    lanesFailing.set(labels, this.#backoff.count);
    if (!this.#backoff.any) this.#note(false);
    return true;
  }

  /** @throws Stopped as soon as the loop is stopped; Error when the consumer takes too long. What it still does then takes effect once all the same. */
  async #inTime(work: () => Promise<void>): Promise<void> {
    const { signal } = this.#stop;
    if (signal.aborted) throw new Stopped();
    let giveUp = (): void => {};
    let timer: NodeJS.Timeout | undefined;
    const end = new Promise<never>((_resolve, reject) => {
      giveUp = () => reject(new Stopped());
      signal.addEventListener('abort', giveUp);
      timer = setTimeout(() => reject(new Error('took too long')), DELIVERY_MS);
    });
    try {
      await Promise.race([work(), end]);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** A line when it begins to fail and one when it is over, none for each try. */
  #note(isFailing: boolean, error?: unknown): void {
    if (isFailing === this.#isFailing) return;
    this.#isFailing = isFailing;
    const { logger, carrier } = this.#options;
    if (isFailing) logger.warn({ err: error, consumer: carrier.name }, 'events are not taken; trying again until they are');
    else logger.info({ consumer: carrier.name }, 'events are taken again');
  }
}
