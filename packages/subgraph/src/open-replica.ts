import type { ReplicaOptions } from '@plaza/db/replica';
import { InProcessWriteMarks } from '@plaza/db/write-marks';
import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import type { ProcessConfig } from './config.js';

/** A start waits this long for a Redis that is away, and goes on without. */
const READY_WITHIN_MS = 5_000;

/** How a process reads from a replica, where there is one; by Redis where the copies of the subgraph have one in common. */
export async function openReplicaOptions(
  name: SubgraphName,
  { databaseReplicaUrl: url, redisUrl }: Pick<ProcessConfig, 'databaseReplicaUrl' | 'redisUrl'>,
): Promise<ReplicaOptions | undefined> {
  if (url === undefined) return undefined;
  if (redisUrl === undefined) return { url, marks: new InProcessWriteMarks() };
  const { RedisWriteMarks } = await import('@plaza/db/redis-write-marks');
  const marks = new RedisWriteMarks({ url: redisUrl, prefix: `plaza:wrote:${name}:` });
  await marks.ready(READY_WITHIN_MS);
  return { url, marks };
}
