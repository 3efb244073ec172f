import { type Engine, ENGINE_NAMES, type EngineName } from './engine.js';
import { kafka } from './kafka.js';
import { minio } from './minio.js';
import { opensearch } from './opensearch.js';
import { postgres } from './postgres.js';
import { redis } from './redis.js';

/** By name. */
export const ENGINES: Readonly<Record<EngineName, Engine>> = { redis, minio, kafka, opensearch, postgres };

/** `redis,minio`, or all of them for undefined; null for a name that is none. */
export function chosen(list: string | undefined): readonly Engine[] | null {
  const names = list?.split(',').map((name) => name.trim()) ?? ENGINE_NAMES;
  if (!names.every((name) => ENGINE_NAMES.some((known) => known === name))) return null;
  return ENGINE_NAMES.filter((known) => names.includes(known)).map((name) => ENGINES[name]);
}
