import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
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
    const properties = propertiesOf(place);
    // One that was begun with others goes on with them for as long as it runs.
    if ((await readFile(file, 'utf8').catch(() => properties)) !== properties) await this.stop(place);
    await writeFile(file, properties, { mode: 0o600 });
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
  variables: (place) => ({
    KAFKA_BROKERS: brokerOf(place),
    KAFKA_SASL_MECHANISM: 'plain',
    KAFKA_SASL_USERNAME: USER,
    KAFKA_SASL_PASSWORD: place.password,
  }),
};

const USER = 'plaza';

const brokerOf = ({ ports }: Place): string => `127.0.0.1:${String(ports[0])}`;

function propertiesOf({ folder, ports, password }: Place): string {
  const [client, controller] = ports.map((port) => `127.0.0.1:${String(port)}`);
  return `${Object.entries({
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@${controller ?? ''}`,
    listeners: `SASL_PLAINTEXT://${client ?? ''},CONTROLLER://${controller ?? ''}`,
    'advertised.listeners': `SASL_PLAINTEXT://${client ?? ''}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'SASL_PLAINTEXT',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT',
    'sasl.enabled.mechanisms': 'PLAIN',
    'sasl.mechanism.inter.broker.protocol': 'PLAIN',
    // Other users of this machine reach the port too. The broker itself logs in by the same name.
    'listener.name.sasl_plaintext.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required username="${USER}" password="${password}" user_${USER}="${password}";`,
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
  const client = new Kafka({
    clientId: 'plaza-infra',
    brokers: [brokerOf(place)],
    sasl: { mechanism: 'plain', username: USER, password: place.password },
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  });
  const admin = client.admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.length === 1;
  } finally {
    await admin.disconnect();
  }
}
