import { redisUrl } from '@plaza/kernel/redis-url';
import { type MailSettings, readMailSettings } from '@plaza/mail/open-mail';
import { z } from 'zod';

/** What this subgraph can be told; everything has a value that is fit for production. */
export interface MessagingConfig {
  /** Connections to each database at most. */
  readonly poolSize: number;
  /** Addresses of further databases for conversations, in an order that never changes; the subgraph's own is the first shard. */
  readonly shardUrls: readonly string[];
  readonly mail: MailSettings;
  /** The operator's push gateway; null: no push and no text messages. */
  readonly push: { readonly url: string; readonly token: string } | null;
  /** Where the processes of this subgraph know together who is here; undefined: each by itself. */
  readonly redisUrl: string | undefined;
}

const Environment = z.object({
  PLAZA_DATABASE_POOL: z.coerce.number().int().min(1).max(200).default(10),
  /** Separated by spaces. */
  PLAZA_MESSAGING_SHARDS: z.string().default(''),
  PLAZA_PUSH_URL: z.url({ protocol: /^https?$/u }).optional(),
  PLAZA_PUSH_TOKEN: z.string().default(''),
  REDIS_URL: redisUrl.optional(),
});

/** @throws Error naming the variable. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): MessagingConfig {
  const { PLAZA_DATABASE_POOL, PLAZA_MESSAGING_SHARDS, PLAZA_PUSH_URL, PLAZA_PUSH_TOKEN, REDIS_URL } = Environment.parse(environment);
  return {
    poolSize: PLAZA_DATABASE_POOL,
    shardUrls: PLAZA_MESSAGING_SHARDS.split(/\s+/u).filter((url) => url !== ''),
    mail: readMailSettings(environment),
    push: PLAZA_PUSH_URL === undefined ? null : { url: PLAZA_PUSH_URL, token: PLAZA_PUSH_TOKEN },
    redisUrl: REDIS_URL,
  };
}
