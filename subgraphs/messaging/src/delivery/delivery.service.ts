import type { Database } from '@plaza/db/database';
import { failpoint } from '@plaza/kernel/failpoint';
import { Signal } from '@plaza/kernel/signal';
import type { Logger } from '@plaza/telemetry/logger';
import type { InboxLogStore } from '../inbox/inbox-log.store.js';
import type { Shards } from '../shards/shards.js';
import { type Change, planDelivery } from './delivery-plan.js';
import { DeliveryStore } from './delivery.store.js';

export interface DeliveryParts {
  readonly shards: Shards;
  /** Where people are at home. */
  readonly home: Database<unknown>;
  readonly log: InboxLogStore;
  readonly logger: Logger;
}

/** Another process may have written what waits. */
const POLL_MS = 1_000;
const FAILED_MS = 200;

/**
 * Brings what happens in conversations into the inboxes of their members. How far it has come stands in the same transaction as what it brought, so
 * nothing is brought twice and nothing is left out, whoever of the processes does it and wherever one is stopped.
 */
export class DeliveryService {
  readonly #parts: DeliveryParts;
  readonly #store = new DeliveryStore();
  readonly #wakes: readonly Signal[];
  readonly #loops: readonly Promise<void>[];
  #isStopped = false;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
    this.#wakes = parts.shards.databases.map(() => new Signal());
    this.#loops = parts.shards.databases.map((_, shard) => this.#run(shard));
  }

  /** There is something to bring. Cheap, any number of times. */
  wake(): void {
    for (const signal of this.#wakes) signal.raise();
  }

  /** Brings what has happened in one conversation so far; when it resolves, its members have it. */
  async deliver(conversationId: string): Promise<void> {
    const { shards } = this.#parts;
    const changes = await shards.read([conversationId], (shard, ids) => this.#store.dueOf(shard, ids));
    const readers = await shards.read([conversationId], (shard, ids) => this.#store.readers(shard, ids));
    const done = await this.#bring(changes, readers);
    if (done.size > 0) await shards.write(conversationId, (tx) => this.#store.done(tx, done));
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.wake();
    await Promise.all(this.#loops);
  }

  async #run(shard: number): Promise<void> {
    const { logger } = this.#parts;
    while (!this.#isStopped) {
      let restMs = POLL_MS;
      try {
        while (!this.#isStopped && (await this.#round(shard)) > 0);
      } catch (err) {
        if (!this.#isStopped) logger.warn({ err, shard }, 'messages wait to be delivered');
        restMs = FAILED_MS;
      }
      if (!this.#isStopped) await this.#wakes[shard]?.wait(restMs);
    }
  }

  /** Brings a batch of what waits on a shard; returns how much of it is done with. */
  async #round(shard: number): Promise<number> {
    const { shards } = this.#parts;
    const database = shards.databases[shard];
    if (database === undefined) return 0;
    const due = await this.#store.due(database);
    if (due.length === 0) return 0;
    const readers = await this.#store.readers(database, conversationsOf(due));
    // What was read before its bucket went is whole; what a shard still has of one that went is not to be trusted.
    const here = await shards.holds(shard, conversationsOf(due));
    const done = await this.#bring(
      due.filter(({ conversationId }) => here.has(conversationId)),
      readers,
    );
    await failpoint('delivery.brought');
    if (done.size > 0) await this.#store.done(database, done);
    return due.filter(({ conversationId, position }) => position <= (done.get(conversationId) ?? -1)).length;
  }

  /** In one transaction of the home; returns up to where each conversation is delivered. */
  async #bring(due: readonly Change[], readers: Parameters<typeof planDelivery>[1]): Promise<ReadonlyMap<string, number>> {
    if (due.length === 0) return new Map();
    const { home, log } = this.#parts;
    const ids = conversationsOf(due);
    return home.transaction(async (tx) => {
      const before = await this.#store.positions(tx, ids);
      const after = new Map<string, number>();
      const plans = ids.map((id) => {
        const changes = following(
          due.filter(({ conversationId }) => conversationId === id),
          before.get(id) ?? 0,
        );
        after.set(id, changes.at(-1)?.position ?? before.get(id) ?? 0);
        return planDelivery(changes, changes.length === 0 ? [] : readers.filter(({ conversationId }) => conversationId === id));
      });
      await this.#store.arrive(
        tx,
        plans.flatMap(({ arrivals }) => arrivals),
      );
      await this.#store.passOver(
        tx,
        plans.flatMap(({ uncounted }) => uncounted),
      );
      await this.#store.moveOn(tx, after);
      await log.append(
        tx,
        plans.flatMap(({ entries }) => entries),
      );
      return after;
    });
  }
}

const conversationsOf = (changes: readonly Change[]): readonly string[] => [
  ...new Set(changes.map(({ conversationId }) => conversationId)),
];

/** Those that come next, without a gap: before one stands another that is not yet to be seen here. */
function following(changes: readonly Change[], position: number): readonly Change[] {
  const next = changes.filter((change) => change.position > position);
  return next.filter((change, index) => change.position === position + 1 + index);
}
