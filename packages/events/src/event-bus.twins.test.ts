import { randomUUID } from 'node:crypto';
import { connect, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '@plaza/kernel/id';
import { createDatabases } from '@plaza/testing/databases';
import { engineTwin } from '@plaza/testing/engine-twin';
import type { ISocketFactory, Kafka } from 'kafkajs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { doorBus } from './door-bus.js';
import { type BusUnderTest, eventBusContract, Ground, PATIENCE } from './event-bus.suite.js';
import { kafkaClient, type KafkaCluster } from './kafka/client.js';
import { readDead, replayDead } from './kafka/dead-letters.js';
import { KafkaBus } from './kafka/kafka-bus.js';
import { type TopicNames, topicNames } from './kafka/topics.js';
import { readKafka } from './kafka/variables.js';

const SECRET = Buffer.alloc(32, 9);
const NOWHERE: KafkaCluster = { brokers: ['127.0.0.1:1'], tls: false, login: undefined };

describe('to the doors', () => {
  eventBusContract(createDatabases, async () => ({
    open: () => doorBus,
    isCut: false,
    awayWhenCut: [],
    replay: async (putRight) => putRight(),
    close: async () => {},
  }));
});

/** A line that can be cut: what is open breaks, what is opened meanwhile breaks at once. */
class Line {
  readonly #open = new Set<Socket>();
  #isCut = false;

  get isCut(): boolean {
    return this.#isCut;
  }

  set isCut(isCut: boolean) {
    this.#isCut = isCut;
    if (isCut) for (const socket of this.#open) socket.destroy(new Error('cut'));
  }

  readonly socket: ISocketFactory = ({ host, port, onConnect }) => {
    if (this.#isCut) {
      const none = new Socket();
      setImmediate(() => none.destroy(new Error('cut')));
      return none;
    }
    const socket = connect({ host, port }, onConnect);
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    return socket;
  };
}

interface KafkaUnderTest extends BusUnderTest {
  readonly kafka: Kafka;
  readonly names: TopicNames;
}

engineTwin('by Kafka', 'KAFKA_BROKERS', () => {
  const cluster = readKafka(process.env) ?? NOWHERE;
  async function open(): Promise<KafkaUnderTest> {
    const prefix = `test-${randomUUID()}`;
    const line = new Line();
    const kafka = kafkaClient(cluster);
    const names = topicNames(prefix);
    return {
      kafka,
      names,
      open: () => new KafkaBus({ cluster, secret: SECRET, prefix, tries: 3, socketFactory: line.socket }),
      get isCut() {
        return line.isCut;
      },
      set isCut(isCut) {
        line.isCut = isCut;
      },
      awayWhenCut: ['kafka'],
      async replay(putRight) {
        await vi.waitFor(async () => expect(await readDead(kafka, names, 'feed')).toHaveLength(1), { ...PATIENCE, interval: 200 });
        putRight();
        expect(await replayDead(kafka, names, 'feed')).toBe(1);
        expect(await readDead(kafka, names, 'feed')).toEqual([]);
      },
      async close() {
        const admin = kafka.admin();
        await admin.connect();
        const own = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
        await admin.deleteTopics({ topics: own });
        await admin.disconnect();
      },
    };
  }

  eventBusContract(createDatabases, open);

  describe('and its log', () => {
    let ground: Ground;
    let under: KafkaUnderTest;
    beforeAll(async () => {
      ground = await Ground.make(createDatabases);
    });
    beforeEach(async () => {
      under = await open();
    });
    afterEach(async () => {
      await ground.empty();
      await under.close();
    });
    afterAll(async () => ground.close());

    /** As many processes as that have their partitions. */
    async function joined(count: number): Promise<void> {
      const admin = under.kafka.admin();
      await admin.connect();
      await vi.waitFor(async () => {
        const { groups } = await admin.describeGroups([under.names.group('feed')]);
        expect(groups[0]).toMatchObject({ state: 'Stable', members: { length: count } });
      }, PATIENCE);
      await admin.disconnect();
    }

    it('shares the facts among the processes of a consumer', async () => {
      const processes = [ground.start(under), ground.start(under)];
      await joined(2);
      const things = Array.from({ length: 100 }, () => newId());
      for (const thing of things) await ground.move(thing, 1);
      await vi.waitFor(() => expect(ground.effects).toHaveLength(100), PATIENCE);

      for (const { brought } of processes) expect(brought.length).toBeGreaterThan(0);
    });

    it('takes nothing for a fact that is not sealed by this installation', async () => {
      const { relay } = ground.start(under);
      await joined(1);
      const producer = under.kafka.producer();
      await producer.connect();
      const forged = { id: newId(), type: 'thing.moved', key: newId(), occurredAt: new Date().toISOString(), payload: {} };
      await producer.send({ topic: under.names.facts('messaging'), messages: [{ key: forged.key, value: JSON.stringify(forged) }] });
      await producer.disconnect();
      await vi.waitFor(async () => expect(await readDead(under.kafka, under.names, 'feed')).toHaveLength(1), {
        ...PATIENCE,
        interval: 200,
      });
      const thing = newId();
      await ground.move(thing, 1);
      relay.wake();
      await vi.waitFor(() => expect(ground.effects).toEqual([{ thingId: thing, step: 1 }]), PATIENCE);
    });

    it('says when everything that was written has taken effect', async () => {
      const { relay } = ground.start(under);
      await joined(1);
      const thing = newId();
      await ground.move(thing, 1);
      await relay.drained();

      expect(ground.stepsOf(thing)).toEqual([1]);
    });

    it('brings all that the outbox keeps into a topic that was lost', async () => {
      const first = ground.start(under);
      const thing = newId();
      await ground.move(thing, 1);
      await vi.waitFor(() => expect(ground.stepsOf(thing)).toEqual([1]), PATIENCE);
      await first.stop();
      const admin = under.kafka.admin();
      await admin.connect();
      await admin.deleteTopics({ topics: [under.names.facts('messaging')] });
      await vi.waitFor(async () => expect(await admin.listTopics()).not.toContain(under.names.facts('messaging')), PATIENCE);
      await admin.disconnect();
      await ground.consumer.sql`TRUNCATE inbox`;
      ground.effects = [];
      ground.start(under);

      await vi.waitFor(() => expect(ground.stepsOf(thing)).toEqual([1]), PATIENCE);
    });
  });
});

describe('by a Kafka that is not there', () => {
  let ground: Ground;
  beforeAll(async () => {
    ground = await Ground.make(createDatabases);
  });
  afterAll(async () => {
    await ground.empty();
    await ground.close();
  });

  it('holds up nobody who writes, says so, and stops when it is asked to', async () => {
    const bus = new KafkaBus({ cluster: NOWHERE, secret: SECRET });
    const { stop } = ground.start({ open: () => bus, isCut: true, awayWhenCut: [], replay: async () => {}, close: async () => {} });
    await ground.move(newId(), 1);
    expect(bus.away).toEqual(['kafka']);
    await stop();
    await pause(0);

    expect(await ground.owner.sql`SELECT 1 FROM outbox`).toHaveLength(1);
  });
});
