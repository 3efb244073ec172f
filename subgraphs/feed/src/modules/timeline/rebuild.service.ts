import type { Asker, CallClient } from '@plaza/calls/call-client';
import { postSnapshot } from '@plaza/calls/contracts/content.calls';
import { followSnapshot, repostSnapshot } from '@plaza/calls/contracts/social.calls';
import type { Database } from '@plaza/db/database';
import type { Clock } from '@plaza/kernel/clock';
import { newId } from '@plaza/kernel/id';
import type { FeedConfig } from '../../config.js';
import type { ClockStore } from './clock.store.js';
import type { GraphService } from './graph.service.js';
import { becomeWriter, closeIntake } from './intake.js';
import { eachPage, type RebuiltModel } from '../../rebuilt-model.js';
import type { Checksum, RebuildStore } from './rebuild.store.js';
import type { TimelineWorker } from './timeline.worker.js';

const PAGE = 5_000;
const DAY_MS = 86_400_000;

/**
 * Builds every read model anew from its owners' snapshots. One transaction: readers see the old models until the new ones are there, and then their
 * feeds by look-up until their timelines are.
 *
 * Reactions are kept out meanwhile and their senders try again. So what took effect before is in the snapshots, and what happened since comes after,
 * in order: no rewinding. What is in both is harmless, because reactions accept repeats and older revisions.
 */
export class RebuildService {
  readonly #database: Database<unknown>;
  readonly #store: RebuildStore;
  readonly #graph: GraphService;
  readonly #calls: CallClient;
  readonly #worker: TimelineWorker;
  readonly #config: FeedConfig;
  readonly #clock: Clock;
  readonly #others: readonly RebuiltModel[];
  readonly #numbers: ClockStore;

  constructor(
    database: Database<unknown>,
    store: RebuildStore,
    graph: GraphService,
    numbers: ClockStore,
    calls: CallClient,
    worker: TimelineWorker,
    config: FeedConfig,
    clock: Clock,
    others: readonly RebuiltModel[],
  ) {
    this.#database = database;
    this.#store = store;
    this.#graph = graph;
    this.#numbers = numbers;
    this.#calls = calls;
    this.#worker = worker;
    this.#config = config;
    this.#clock = clock;
    this.#others = others;
  }

  /** Resolves when models and timelines are whole. @throws Fault UNAVAILABLE when an owner cannot be asked; then nothing was changed. */
  async rebuild(): Promise<readonly Checksum[]> {
    const asker: Asker = { viewer: null, requestId: newId() };
    await this.#database.transaction(async (tx) => {
      await closeIntake(tx);
      await becomeWriter(tx);
      await this.#numbers.newGeneration(tx);
      await this.#store.empty(tx);
      await eachPage(
        (after: string | null) => this.#calls.ask(postSnapshot, { after, limit: PAGE }, asker),
        ({ posts }) => this.#store.addPosts(tx, posts),
      );
      await eachPage(
        (after: string | null) => this.#calls.ask(repostSnapshot, { after, limit: PAGE }, asker),
        ({ reposts }) => this.#store.addReposts(tx, reposts),
      );
      await eachPage(
        (after: string | null) => this.#calls.ask(followSnapshot, { after, limit: PAGE }, asker),
        ({ follows }) => this.#store.addFollows(tx, follows),
      );
      await this.#store.complete(tx);
      await this.#graph.judgeAll(tx);
      for (const model of this.#others) await model.rebuild(tx, asker);
      await this.#store.orderTimelines(tx, this.#seenSince());
    });
    await this.#worker.settled();
    return this.checksums();
  }

  async checksums(): Promise<readonly Checksum[]> {
    return this.#store.checksums(this.#database, this.#seenSince());
  }

  #seenSince(): Date {
    return new Date(this.#clock.now().getTime() - this.#config.keepReaderDays * DAY_MS);
  }
}
