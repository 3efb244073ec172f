import { setTimeout as pause } from 'node:timers/promises';
import type { Assertions } from '@plaza/auth/assertion';
import type { Database } from '@plaza/db/database';
import { SUBGRAPH_NAMES, type SubgraphName } from '@plaza/kernel/subgraph-name';
import type { Logger } from '@plaza/telemetry/logger';
import type { Carrier } from './carrier.js';
import { ConsumerLoop } from './consumer-loop.js';
import { type Destination, doorCarrier } from './door-carrier.js';
import { watchLag } from './outbox-lag.js';
import { addPositions, logPosition } from './position.store.js';
import { keepDays } from './retention.js';
import { SUBSCRIPTIONS } from './subscriptions.js';

/**
 * Carries a subgraph's outbox to its consumers: at least once, in order a key, whoever of the subgraph's processes does it. A consumer that is
 * away or fails is tried again (100 ms to 5 s apart); the other consumers and lanes go on meanwhile.
 */
export interface Relay {
  /** There may be work: look now. Cheap, any number of times. */
  readonly wake: () => void;
  /**
   * Resolves when everything that was committed before the call has taken effect at every reachable consumer: for tests and the end of a demo.
   * @throws Error when that takes longer than 30 s.
   */
  drained(): Promise<void>;
  /** Lets go at once; what is not delivered stays in the outbox. */
  stop(): Promise<void>;
}

export interface RelayOptions {
  readonly name: SubgraphName;
  readonly database: Database<unknown>;
  readonly ports: (name: SubgraphName) => Destination | undefined;
  readonly assertions: Assertions;
  readonly logger: Logger;
  /** Who listens to what; SUBSCRIPTIONS unless a test says otherwise. */
  readonly subscriptions?: Readonly<Partial<Record<SubgraphName, readonly string[]>>>;
}

const DRAIN_MS = 30_000;
const LOOK_MS = 5;

/** To every consumer's own door. */
export function startRelay(options: RelayOptions): Relay {
  const { name: owner, subscriptions = SUBSCRIPTIONS } = options;
  const consumers = SUBGRAPH_NAMES.filter((consumer) => (subscriptions[consumer] ?? []).length > 0);
  return relayBy(
    consumers.map((consumer) => doorCarrier({ ...options, owner, consumer, types: subscriptions[consumer] ?? [] })),
    options,
  );
}

/** By these ways, each at its own pace. */
export function relayBy(
  carriers: readonly Carrier[],
  { name, database, logger }: Pick<RelayOptions, 'name' | 'database' | 'logger'>,
): Relay {
  const names = carriers.map((carrier) => carrier.name);
  let loops: readonly ConsumerLoop[] = [];
  let isStopped = false;
  let stopKeeping = async (): Promise<void> => {};
  let stopWatching = (): void => {};
  const ready = setUp();

  async function setUp(): Promise<void> {
    for (let isFirst = true; !isStopped; isFirst = false) {
      try {
        await addPositions(database, names);
        break;
      } catch (error) {
        if (isFirst) logger.warn({ err: error }, 'the relay cannot read its positions; trying again until it can');
        await pause(1_000);
      }
    }
    if (isStopped) return;
    stopKeeping = keepDays(database, names, logger);
    stopWatching = watchLag(name, database, new Map(carriers.map((carrier) => [carrier.name, carrier.types])));
    loops = carriers.map((carrier) => new ConsumerLoop({ owner: name, carrier, database, logger }));
  }

  async function drained(): Promise<void> {
    await ready;
    const since = performance.now();
    const position = await logPosition(database);
    for (const loop of loops) loop.retryNow();
    for (const loop of loops) {
      while ((await loop.lanesUnderWay(position, since)).length > 0) {
        if (isStopped) throw new Error(`the relay of ${name} was stopped`);
        if (performance.now() > since + DRAIN_MS) throw new Error(`the events of ${name} were not all taken within ${DRAIN_MS} ms`);
        await pause(LOOK_MS);
      }
    }
  }

  return {
    wake: () => loops.forEach((loop) => loop.wake()),
    drained,
    async stop() {
      isStopped = true;
      await ready;
      stopWatching();
      await Promise.all([stopKeeping(), ...loops.map((loop) => loop.stop())]);
    },
  };
}
