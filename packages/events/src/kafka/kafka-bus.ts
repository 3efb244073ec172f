import { setTimeout as pause } from 'node:timers/promises';
import { SUBGRAPH_NAMES, type SubgraphName } from '@plaza/kernel/subgraph-name';
import type { ISocketFactory, Kafka } from 'kafkajs';
import type { Consumer, EventBus, Taking } from '../event-bus.js';
import { type Relay, relayBy, type RelayOptions } from '../relay.js';
import { kafkaClient, type KafkaCluster } from './client.js';
import { KAFKA, KafkaCarrier } from './kafka-carrier.js';
import { KafkaGroup } from './kafka-group.js';
import { Messages } from './message.js';
import { committedOf, endsOf, type TopicNames, topicNames } from './topics.js';

export interface KafkaBusOptions {
  readonly cluster: KafkaCluster;
  /** The installation's internal secret. */
  readonly secret: Uint8Array;
  /** Before the name of each topic and group, so that several Plazas may use one cluster. */
  readonly prefix?: string;
  /** How often a consumer tries a fact that it refuses before it puts it aside. */
  readonly tries?: number;
  readonly socketFactory?: ISocketFactory;
}

/** Some fifteen seconds with the rests between. */
const TRIES = 8;
const DRAIN_MS = 30_000;
const LOOK_MS = 10;

/**
 * The way of events by Kafka: a topic for each owner, parted by the events' keys, and a group for each consumer. Kafka need not be there at the start, and
 * may go and come back: facts wait in the outboxes, and consumers go on from where they were.
 */
export class KafkaBus implements EventBus {
  readonly #kafka: Kafka;
  readonly #names: TopicNames;
  readonly #messages: Messages;
  readonly #tries: number;
  readonly #carriers = new Set<KafkaCarrier>();
  readonly #groups = new Set<KafkaGroup>();

  constructor({ cluster, secret, prefix = 'plaza', tries = TRIES, socketFactory }: KafkaBusOptions) {
    this.#kafka = kafkaClient(cluster, socketFactory);
    this.#names = topicNames(prefix);
    this.#messages = new Messages(secret);
    this.#tries = tries;
  }

  relay(options: RelayOptions): Relay {
    const topic = this.#names.facts(options.name);
    const carrier = new KafkaCarrier({ kafka: this.#kafka, topic, messages: this.#messages, database: options.database });
    this.#carriers.add(carrier);
    const relay = relayBy([carrier], options);
    return {
      wake: relay.wake,
      drained: async () => {
        await relay.drained();
        if (carrier.isOpen) await this.#taken(topic);
      },
      stop: async () => {
        await relay.stop();
        await carrier.close();
        this.#carriers.delete(carrier);
      },
    };
  }

  take(consumer: Consumer): Taking {
    if (consumer.types.length === 0) return { stop: async () => {} };
    const group = new KafkaGroup(consumer, { kafka: this.#kafka, names: this.#names, messages: this.#messages, tries: this.#tries });
    this.#groups.add(group);
    return {
      stop: async () => {
        await group.stop();
        this.#groups.delete(group);
      },
    };
  }

  positionOf(): string {
    return KAFKA;
  }

  isBehind(consumer: SubgraphName): boolean {
    return [...this.#groups].some((group) => group.name === consumer && group.isBehind);
  }

  get away(): readonly string[] {
    const isAway = [...this.#carriers].some(({ isOpen }) => !isOpen) || [...this.#groups].some((group) => group.isAway);
    return isAway ? [KAFKA] : [];
  }

  /** Resolves when every group that has members is through what the topic holds now. @throws Error when that takes longer than 30 s. */
  async #taken(topic: string): Promise<void> {
    const admin = this.#kafka.admin();
    await admin.connect();
    try {
      const ends = await endsOf(admin, topic);
      const { groups } = await admin.describeGroups(SUBGRAPH_NAMES.map((consumer) => this.#names.group(consumer)));
      for (const { groupId, members } of groups) {
        if (members.length === 0) continue;
        for (const end = performance.now() + DRAIN_MS; ; await pause(LOOK_MS)) {
          const committed = await committedOf(admin, groupId, topic);
          if ([...ends].every(([partition, high]) => high === 0n || (committed.get(partition) ?? 0n) >= high)) break;
          if (performance.now() > end) throw new Error(`${groupId} has not taken all of ${topic} within ${String(DRAIN_MS)} ms`);
        }
      }
    } finally {
      await admin.disconnect();
    }
  }
}
