import { z } from 'zod';

/** What decides how feeds are kept, and where search is. */
export interface FeedConfig {
  /** Above so many followers an actor is pulled, not pushed; back to push below 80 % of it. */
  readonly pushMaxFollowers: number;
  /** A timeline never has more entries; at this size it is trimmed by a tenth. */
  readonly timelineCapacity: number;
  /** Readers who were not seen for so long have no timeline kept. */
  readonly keepReaderDays: number;
  /** Readers whose timelines one statement writes, at most. */
  readonly readersPerSlice: number;
  /** Where search keeps its index; undefined: in the subgraph's own database. */
  readonly openSearch?: { readonly url: string; readonly name: string } | undefined;
}

const DEFAULTS = { pushMaxFollowers: 10_000, timelineCapacity: 1_000, keepReaderDays: 30, readersPerSlice: 5_000 };

const Environment = z.object({
  FEED_PUSH_MAX_FOLLOWERS: z
    .string()
    .regex(/^\d{1,9}$/u, 'must be a whole number')
    .transform(Number)
    .optional(),
  OPENSEARCH_URL: z.url({ protocol: /^https?$/u, error: 'must be an address that begins with http:// or https://' }).optional(),
  OPENSEARCH_INDEX: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,99}$/u, 'must be up to 100 small letters, digits and -')
    .default('plaza-search'),
});

/**
 * Reads the environment; what is empty counts as not set.
 * @throws Error with one line that names the variable and not its value, which may have a password in it.
 */
export function readFeedConfig(environment: Readonly<Record<string, string | undefined>>): FeedConfig {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = Environment.safeParse(set);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`${String(issue?.path[0])} ${issue?.message ?? 'does not hold'}`);
  }
  const { FEED_PUSH_MAX_FOLLOWERS: pushMaxFollowers, OPENSEARCH_URL: url, OPENSEARCH_INDEX: name } = parsed.data;
  return {
    ...DEFAULTS,
    ...(pushMaxFollowers === undefined ? {} : { pushMaxFollowers }),
    openSearch: url === undefined ? undefined : { url, name },
  };
}
