import { z } from 'zod';

/** `KAFKA_BROKERS`: `host:port`, several with commas between. */
export const kafkaBrokers = z
  .string()
  .regex(/^[\w.-]+:\d{1,5}(,\s*[\w.-]+:\d{1,5})*$/u, 'must be host:port, several with commas between')
  .transform((text): readonly string[] => text.split(',').map((broker) => broker.trim()));

/** `KAFKA_PREFIX`: as Kafka lets topics be called. */
export const kafkaPrefix = z.string().regex(/^[\w-]{1,60}$/u, 'must be letters, digits, _ and -');
