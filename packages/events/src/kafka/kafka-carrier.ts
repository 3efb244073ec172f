import type { Database } from '@plaza/db/database';
import type { Admin, Kafka } from 'kafkajs';
import type { Carrier } from '../carrier.js';
import type { EventEnvelope } from '../envelope.js';
import { beginAnew } from '../position.store.js';
import type { Messages } from './message.js';
import { Publisher } from './publisher.js';
import { endsOf, makeFacts } from './topics.js';

/** Under which an outbox remembers what Kafka has. */
export const KAFKA = 'kafka';
/** How often it looks whether the topic is still the same one. */
const LOOK_MS = 15_000;

export interface KafkaCarrierOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly messages: Messages;
  readonly database: Database<unknown>;
}

/**
 * Brings all facts of an outbox into one topic. A topic that is new (at the first start, or because the old one was lost) gets every fact that the
 * outbox still keeps: inboxes know those that took effect.
 */
export class KafkaCarrier implements Carrier {
  readonly name = KAFKA;
  readonly types = null;
  readonly #options: KafkaCarrierOptions;
  readonly #publisher: Publisher;
  /** Of each partition, at least this many messages have been there. */
  readonly #seen = new Map<number, bigint>();
  #admin: Admin | undefined;
  #lookedAt: number | null = null;

  constructor(options: KafkaCarrierOptions) {
    this.#options = options;
    this.#publisher = new Publisher(options.kafka, options.topic);
  }

  /** Whether it can bring facts, as far as it knows. */
  get isOpen(): boolean {
    return this.#lookedAt !== null;
  }

  async ready(): Promise<void> {
    if (this.#lookedAt !== null && performance.now() < this.#lookedAt + LOOK_MS) return;
    try {
      await this.#look();
      await this.#publisher.ready();
      this.#lookedAt = performance.now();
    } catch (error) {
      await this.#letGo();
      throw error;
    }
  }

  async carry(events: readonly EventEnvelope[]): Promise<void> {
    try {
      const records = await this.#publisher.send(events.map((event) => this.#options.messages.write(event)));
      for (const { partition, baseOffset } of records) if (baseOffset !== undefined) this.#note(partition, BigInt(baseOffset));
    } catch (error) {
      this.#lookedAt = null;
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#publisher.close(), this.#letGo()]);
  }

  async #look(): Promise<void> {
    const { kafka, topic, database } = this.#options;
    if (this.#admin === undefined) {
      const admin = kafka.admin();
      this.#admin = admin;
      await admin.connect();
    }
    await makeFacts(this.#admin, [topic]);
    const ends = await endsOf(this.#admin, topic);
    const isEmpty = [...ends.values()].every((end) => end === 0n);
    const isAnother = [...this.#seen].some(([partition, seen]) => (ends.get(partition) ?? 0n) < seen);
    if (isEmpty || isAnother) {
      this.#seen.clear();
      await beginAnew(database, KAFKA);
    }
    for (const [partition, end] of ends) if (end > (this.#seen.get(partition) ?? -1n)) this.#seen.set(partition, end);
  }

  /** A number that has been given before is another topic's: it is looked at before anything else is brought. */
  #note(partition: number, baseOffset: bigint): void {
    if (baseOffset < (this.#seen.get(partition) ?? 0n)) this.#lookedAt = null;
    else this.#seen.set(partition, baseOffset + 1n);
  }

  async #letGo(): Promise<void> {
    const admin = this.#admin;
    this.#admin = undefined;
    this.#lookedAt = null;
    await admin?.disconnect().catch(() => undefined);
  }
}
