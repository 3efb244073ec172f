import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { answering, daemonPid, startDaemon, stopDaemon } from './daemon.js';
import type { Engine, Place } from './engine.js';
import { jarsByMaven, javaCommand, runJava } from './java.js';

/** Kafka 4 as one node that is broker and controller (KRaft), by Maven. */
export const kafka: Engine = {
  name: 'kafka',
  portCount: 2,

  install: jarsByMaven('kafka', './kafka.pom.xml'),

  async start(place) {
    const { folder } = place;
    const file = join(folder, 'kafka.properties');
    await writeFile(file, propertiesOf(place), { mode: 0o600 });
    if (!existsSync(join(folder, 'data', 'meta.properties'))) {
      await rm(join(folder, 'data'), { recursive: true, force: true });
      await runJava(folder, ['kafka.tools.StorageTool', 'format', '-t', clusterId(), '-c', file]);
    }
    await startDaemon(folder, javaCommand(folder, '512m', ['kafka.Kafka', file]));
    await answering(folder, async () => answers(place), 300_000);
  },

  stop: async ({ folder }) => stopDaemon(folder, 20_000),
  isRunning: async ({ folder }) => (await daemonPid(folder)) !== undefined,
  version: async () => 'Kafka 4.1.0',
  variables: (place) => ({ KAFKA_BROKERS: brokerOf(place) }),
};

const brokerOf = ({ ports }: Place): string => `127.0.0.1:${String(ports[0])}`;

function propertiesOf({ folder, ports }: Place): string {
  const [client, controller] = ports.map((port) => `127.0.0.1:${String(port)}`);
  return `${Object.entries({
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@${controller ?? ''}`,
    listeners: `PLAINTEXT://${client ?? ''},CONTROLLER://${controller ?? ''}`,
    'advertised.listeners': `PLAINTEXT://${client ?? ''}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    // Topics are made by those who own them, with the partitions that they need.
    'auto.create.topics.enable': 'false',
    'log.dirs': join(folder, 'data'),
  })
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`;
}

/** 16 random bytes as Kafka writes them, with a letter first: a `-` there would be read as an option. */
const clusterId = (): string => `P${randomBytes(16).toString('base64url').slice(1)}`;

async function answers(place: Place): Promise<boolean> {
  const client = new Kafka({ clientId: 'plaza-infra', brokers: [brokerOf(place)], logLevel: logLevel.NOTHING, retry: { retries: 0 } });
  const admin = client.admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.length === 1;
  } finally {
    await admin.disconnect();
  }
}
