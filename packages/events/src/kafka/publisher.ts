import { type Kafka, type Message, Partitioners, type Producer, type RecordMetadata } from 'kafkajs';

/** How long the brokers may take to have what was sent. Below the relay's patience, which holds a transaction meanwhile. */
const SEND_MS = 10_000;

interface Waiting {
  readonly messages: readonly Message[];
  readonly resolve: (records: readonly RecordMetadata[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes into one topic: idempotent, acknowledged by all replicas in sync, one request at a time, with everything in it that came meanwhile. After a
 * failure it begins anew as another producer, because what became of its last request is not known: what is sent again may then stand there twice.
 */
export class Publisher {
  readonly #kafka: Kafka;
  readonly #topic: string;
  readonly #waiting: Waiting[] = [];
  #producer: Promise<Producer> | undefined;
  #isSending = false;

  constructor(kafka: Kafka, topic: string) {
    this.#kafka = kafka;
    this.#topic = topic;
  }

  /** Resolves when it can write. @throws Error when Kafka is away. */
  async ready(): Promise<void> {
    await this.#connected();
  }

  /** Resolves when the messages are kept, with where. @throws Error; they may be kept all the same. */
  async send(messages: readonly Message[]): Promise<readonly RecordMetadata[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ messages, resolve, reject });
      if (!this.#isSending) void this.#sendAll();
    });
  }

  async close(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await (await producer?.catch(() => undefined))?.disconnect();
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true;
    while (this.#waiting.length > 0) {
      const together = this.#waiting.splice(0);
      try {
        const producer = await this.#connected();
        const messages = together.flatMap((each) => each.messages);
        const records = await producer.send({ topic: this.#topic, acks: -1, timeout: SEND_MS, messages });
        for (const { resolve } of together) resolve(records);
      } catch (error) {
        await this.close().catch(() => undefined);
        for (const { reject } of together) reject(error);
      }
    }
    this.#isSending = false;
  }

  async #connected(): Promise<Producer> {
    this.#producer ??= this.#connect();
    const connecting = this.#producer;
    try {
      return await connecting;
    } catch (error) {
      if (this.#producer === connecting) this.#producer = undefined;
      throw error;
    }
  }

  async #connect(): Promise<Producer> {
    const producer = this.#kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    try {
      await producer.connect();
    } catch (error) {
      await producer.disconnect().catch(() => undefined);
      throw error;
    }
    return producer;
  }
}
