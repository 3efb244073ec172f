import { setTimeout as pause } from 'node:timers/promises';
import { type ISocketFactory, Kafka, logLevel } from 'kafkajs';

const SETTLED_MS = 5_000;
const AGAIN_MS = 200;

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

/**
 * Asks again for a few seconds while the cluster says that it is about to: a topic that was just made has no leader yet, a broker that was just
 * started is still reading. @throws what it said last
 */
export async function settled<T>(ask: () => Promise<T>): Promise<T> {
  for (const end = performance.now() + SETTLED_MS; ; await pause(AGAIN_MS)) {
    try {
      return await ask();
    } catch (error) {
      const isPassing = error instanceof Error && 'retriable' in error && error.retriable === true;
      if (!isPassing || performance.now() > end) throw error;
    }
  }
}
