import { randomUUID } from 'node:crypto';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import type { Kafka, KafkaMessage, Message } from 'kafkajs';
import { Publisher } from './publisher.js';
import { committedOf, endsOf, type TopicNames } from './topics.js';

const REASON = 'reason';
const FROM = 'from';
/** Characters: enough to find it in the log. */
const REASON_LENGTH = 300;
/** Both topics of a consumer have one partition. */
const PARTITION = 0;

/** Where facts go that a consumer refused too often. */
export class DeadLetters {
  readonly #publisher: Publisher;

  constructor(kafka: Kafka, topic: string) {
    this.#publisher = new Publisher(kafka, topic);
  }

  /** Resolves when it is kept. `from` is its topic, partition and number. @throws Error when Kafka is away. */
  async put({ key, value, headers }: KafkaMessage, from: string, error: unknown): Promise<void> {
    const reason = (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, REASON_LENGTH);
    await this.#publisher.send([{ key, value, headers: { ...headers, [REASON]: reason, [FROM]: from } }]);
  }

  async close(): Promise<void> {
    await this.#publisher.close();
  }
}

/** A fact that was put aside. */
export interface DeadLetter {
  readonly eventId: string;
  readonly contract: string;
  /** What was said at the last refusal. */
  readonly reason: string;
  /** Its topic, partition and number there. */
  readonly from: string;
  readonly at: Date;
}

/** What a consumer has put aside and nobody has brought back. */
export async function readDead(kafka: Kafka, names: TopicNames, consumer: SubgraphName): Promise<readonly DeadLetter[]> {
  const letters: DeadLetter[] = [];
  await eachDead(kafka, names, consumer, async (message) => {
    letters.push(toLetter(message));
  });
  return letters;
}

/**
 * Brings back what a consumer has put aside, in the order in which it was: it is tried again by the consumer itself, and put aside anew when it is
 * refused again. Returns how many. Broken off, some of it may come twice, and takes effect once.
 */
export async function replayDead(kafka: Kafka, names: TopicNames, consumer: SubgraphName): Promise<number> {
  const publisher = new Publisher(kafka, names.again(consumer));
  const admin = kafka.admin();
  let count = 0;
  try {
    await admin.connect();
    const next = await eachDead(kafka, names, consumer, async ({ key, value, headers }) => {
      const { [REASON]: _reason, [FROM]: _from, ...own } = headers ?? {};
      const message: Message = { key, value, headers: own };
      await publisher.send([message]);
      count += 1;
    });
    if (count > 0) {
      const partitions = [{ partition: PARTITION, offset: String(next) }];
      await admin.setOffsets({ groupId: names.replay(consumer), topic: names.dead(consumer), partitions });
    }
  } finally {
    await Promise.all([publisher.close(), admin.disconnect()]);
  }
  return count;
}

/** Shows what lies there now and was not brought back, one after another. Returns the number after the last one. */
async function eachDead(
  kafka: Kafka,
  names: TopicNames,
  consumer: SubgraphName,
  show: (message: KafkaMessage) => Promise<void>,
): Promise<bigint> {
  const topic = names.dead(consumer);
  const { from, end } = await waiting(kafka, names, consumer);
  if (from >= end) return end;
  // A group of nobody else's, which says of nothing that it is through, and is forgotten.
  const groupId = `${names.replay(consumer)}.${randomUUID()}`;
  const reader = kafka.consumer({ groupId, allowAutoTopicCreation: false });
  await reader.connect();
  try {
    await reader.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      reader.on(reader.events.CRASH, ({ payload }) => reject(payload.error));
      const run = reader.run({
        autoCommit: false,
        eachMessage: async ({ message }) => {
          const at = BigInt(message.offset);
          if (at >= from && at < end) await show(message);
          if (at + 1n >= end) resolve();
        },
      });
      run.then(() => reader.seek({ topic, partition: PARTITION, offset: String(from) })).catch(reject);
    });
  } finally {
    await reader.disconnect();
  }
  return end;
}

async function waiting(kafka: Kafka, names: TopicNames, consumer: SubgraphName): Promise<{ readonly from: bigint; readonly end: bigint }> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const topic = names.dead(consumer);
    const [only] = await admin.fetchTopicOffsets(topic);
    const low = BigInt(only?.low ?? 0);
    const done = (await committedOf(admin, names.replay(consumer), topic)).get(PARTITION) ?? low;
    return { from: done > low ? done : low, end: (await endsOf(admin, topic)).get(PARTITION) ?? 0n };
  } finally {
    await admin.disconnect();
  }
}

const toLetter = ({ headers, timestamp }: KafkaMessage): DeadLetter => ({
  eventId: textOf(headers, 'event-id'),
  contract: textOf(headers, 'contract'),
  reason: textOf(headers, REASON),
  from: textOf(headers, FROM),
  at: new Date(Number(timestamp)),
});

function textOf(headers: KafkaMessage['headers'], name: string): string {
  const value = headers?.[name];
  return Buffer.isBuffer(value) ? value.toString('utf8') : '';
}
