import { doorBus } from '@plaza/events/door-bus';
import type { EventBus } from '@plaza/events/event-bus';

export interface EventsOptions {
  readonly kafkaBrokers: readonly string[] | undefined;
  readonly kafkaPrefix: string;
  /** The installation's internal secret. */
  readonly secret: Uint8Array;
}

/** The way of a process's events: by Kafka where brokers are named, else to the subgraphs' doors. Without an address nothing of Kafka is loaded. */
export async function openEvents({ kafkaBrokers, kafkaPrefix, secret }: EventsOptions): Promise<EventBus> {
  if (kafkaBrokers === undefined) return doorBus;
  const { KafkaBus } = await import('@plaza/events/kafka/kafka-bus');
  return new KafkaBus({ brokers: kafkaBrokers, prefix: kafkaPrefix, secret });
}
