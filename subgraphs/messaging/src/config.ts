import { z } from 'zod';

/** What this subgraph can be told; everything has a value that is fit for production. */
export interface MessagingConfig {
  /** Connections to each database at most. */
  readonly poolSize: number;
  /** Addresses of further databases for conversations, in an order that never changes; the subgraph's own is the first shard. */
  readonly shardUrls: readonly string[];
}

const Environment = z.object({
  PLAZA_DATABASE_POOL: z.coerce.number().int().min(1).max(200).default(10),
  /** Separated by spaces. */
  PLAZA_MESSAGING_SHARDS: z.string().default(''),
});

/** @throws ZodError naming the variable. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): MessagingConfig {
  const { PLAZA_DATABASE_POOL, PLAZA_MESSAGING_SHARDS } = Environment.parse(environment);
  return { poolSize: PLAZA_DATABASE_POOL, shardUrls: PLAZA_MESSAGING_SHARDS.split(/\s+/u).filter((url) => url !== '') };
}
