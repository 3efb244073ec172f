import { SUBGRAPH_NAMES, type SubgraphName } from '@plaza/kernel/subgraph-name';
import type { Admin, ITopicConfig, Kafka } from 'kafkajs';
import { settled } from './client.js';

/** Facts of one key share a partition. As many as consumers of one name can work side by side; more of them later would part keys from their past. */
const PARTITIONS = 12;
const HOUR_MS = 3_600_000;
/**
 * How long facts are kept: a week at most with the segment that they end in. An inbox remembers for a day longer (RETENTION_DAYS), so that a group
 * which begins anew meets no fact that its inbox has forgotten.
 */
const FACTS_MS = 6 * 24 * HOUR_MS;
const SEGMENT_MS = 12 * HOUR_MS;
/** What was put aside waits for somebody to look at it. */
const DEAD_MS = 90 * 24 * HOUR_MS;
const MOST_REPLICAS = 3;

/** What the topics and groups of one Plaza are called. */
export interface TopicNames {
  /** Every fact of a subgraph. */
  facts(owner: SubgraphName): string;
  /** What a consumer refused too often, and why. */
  dead(consumer: SubgraphName): string;
  /** What was put aside and is to be tried again. */
  again(consumer: SubgraphName): string;
  /** A consumer's processes. */
  group(consumer: SubgraphName): string;
  /** Whoever brings back what was put aside: how far they have come. */
  replay(consumer: SubgraphName): string;
}

/** @param prefix so that several may use one cluster. */
export const topicNames = (prefix: string): TopicNames => ({
  facts: (owner) => `${prefix}.facts.${owner}`,
  dead: (consumer) => `${prefix}.dead.${consumer}`,
  again: (consumer) => `${prefix}.again.${consumer}`,
  group: (consumer) => `${prefix}.${consumer}`,
  replay: (consumer) => `${prefix}.${consumer}.replay`,
});

/** Makes the topics of these owners' facts that are missing. */
export async function makeFacts(admin: Admin, topics: readonly string[]): Promise<void> {
  await make(admin, topics, PARTITIONS, FACTS_MS);
}

/** Makes what a consumer needs to put facts aside, where it is missing. One partition: they come back in the order in which they went. */
export async function makeAside(admin: Admin, topics: readonly string[]): Promise<void> {
  await make(admin, topics, 1, DEAD_MS);
}

async function make(admin: Admin, topics: readonly string[], numPartitions: number, retentionMs: number): Promise<void> {
  const known = new Set(await admin.listTopics());
  const missing = topics.filter((topic) => !known.has(topic));
  if (missing.length === 0) return;
  const { brokers } = await admin.describeCluster();
  const replicationFactor = Math.min(MOST_REPLICAS, brokers.length);
  const config: Record<string, string> = {
    'cleanup.policy': 'delete',
    'retention.ms': String(retentionMs),
    'segment.ms': String(SEGMENT_MS),
    // A fact that was written long ago is kept as long as others: from its arrival.
    'message.timestamp.type': 'LogAppendTime',
    // With three copies one may be away, and what was taken is on two.
    'min.insync.replicas': replicationFactor < MOST_REPLICAS ? '1' : '2',
    'unclean.leader.election.enable': 'false',
  };
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  const wanted = missing.map((topic): ITopicConfig => ({ topic, numPartitions, replicationFactor, configEntries }));
  // Others make them at the same moment: then they are there when we ask again.
  await settled(() => admin.createTopics({ waitForLeaders: true, topics: wanted }));
}

/** The number that the next message of each partition will have. */
export async function endsOf(admin: Admin, topic: string): Promise<ReadonlyMap<number, bigint>> {
  const partitions = await settled(() => admin.fetchTopicOffsets(topic));
  return new Map(partitions.map(({ partition, high }) => [partition, BigInt(high)]));
}

/** Up to where a group has said that it is through; partitions of which it has said nothing are left out. */
export async function committedOf(admin: Admin, groupId: string, topic: string): Promise<ReadonlyMap<number, bigint>> {
  const [said] = await admin.fetchOffsets({ groupId, topics: [topic] });
  return new Map(
    (said?.partitions ?? []).filter(({ offset }) => offset !== '-1').map(({ partition, offset }) => [partition, BigInt(offset)]),
  );
}

/** How many facts of each owner a consumer has not looked at yet; owners without a topic are left out. */
export async function lagOf(kafka: Kafka, names: TopicNames, consumer: SubgraphName): Promise<ReadonlyMap<SubgraphName, bigint>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const known = new Set(await admin.listTopics());
    const lags = new Map<SubgraphName, bigint>();
    for (const owner of SUBGRAPH_NAMES.filter((name) => known.has(names.facts(name)))) {
      const committed = await committedOf(admin, names.group(consumer), names.facts(owner));
      let lag = 0n;
      for (const { partition, low, high } of await admin.fetchTopicOffsets(names.facts(owner))) {
        lag += BigInt(high) - (committed.get(partition) ?? BigInt(low));
      }
      lags.set(owner, lag);
    }
    return lags;
  } finally {
    await admin.disconnect();
  }
}
