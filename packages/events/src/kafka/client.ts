import { setTimeout as pause } from 'node:timers/promises';
import { type ISocketFactory, Kafka, logLevel, type SASLOptions } from 'kafkajs';

const SETTLED_MS = 5_000;
const AGAIN_MS = 200;

/** A Kafka and how it lets one in. */
export interface KafkaCluster {
  /** `host:port`, some of it. */
  readonly brokers: readonly string[];
  /** Whether lines are encrypted; with `ca` by a certificate that those authorities (PEM) have signed, else that one of the system's has. */
  readonly tls: boolean | { readonly ca: string };
  readonly login: KafkaLogin | undefined;
}

/** A name and its password, for SASL. */
export interface KafkaLogin {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

/** Whom to ask, and how long. What it says of each try is not logged: whoever uses it says when Kafka goes and when it is back. */
export function kafkaClient({ brokers, tls, login }: KafkaCluster, socketFactory?: ISocketFactory): Kafka {
  return new Kafka({
    clientId: 'plaza',
    brokers: [...brokers],
    ssl: tls,
    ...(login === undefined ? {} : { sasl: saslOf(login) }),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    // In the first second a broker's coordinator is still loading: a few tries outlast that, and a restart of theirs is ours.
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5, restartOnFailure: async () => false },
    ...(socketFactory === undefined ? {} : { socketFactory }),
  });
}

/** The client tells mechanisms apart by type. */
function saslOf({ mechanism, username, password }: KafkaLogin): SASLOptions {
  switch (mechanism) {
    case 'plain':
      return { mechanism, username, password };
    case 'scram-sha-256':
      return { mechanism, username, password };
    case 'scram-sha-512':
      return { mechanism, username, password };
  }
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
