import { type ISocketFactory, Kafka, logLevel } from 'kafkajs';

/** Whom to ask, and how long. What it says of each try is not logged: whoever uses it says when Kafka goes and when it is back. */
export function kafkaClient(brokers: readonly string[], socketFactory?: ISocketFactory): Kafka {
  return new Kafka({
    clientId: 'plaza',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    // In the first second a broker's coordinator is still loading: a few tries outlast that, and a restart of theirs is ours.
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5, restartOnFailure: async () => false },
    ...(socketFactory === undefined ? {} : { socketFactory }),
  });
}
