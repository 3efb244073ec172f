import { doorBus } from '@plaza/events/door-bus';
import type { EventBus } from '@plaza/events/event-bus';
import type { KafkaAddress } from '@plaza/events/kafka/variables';

export interface EventsOptions {
  /** Undefined: to the subgraphs' doors. */
  readonly kafka: KafkaAddress | undefined;
  /** The installation's internal secret. */
  readonly secret: Uint8Array;
}

/** The way of a process's events: by Kafka where one is named, else to the subgraphs' doors. Without an address nothing of Kafka is loaded. */
export async function openEvents({ kafka, secret }: EventsOptions): Promise<EventBus> {
  if (kafka === undefined) return doorBus;
  const { KafkaBus } = await import('@plaza/events/kafka/kafka-bus');
  return new KafkaBus({ cluster: kafka, prefix: kafka.prefix, secret });
}
