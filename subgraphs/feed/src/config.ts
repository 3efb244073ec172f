/** What decides how feeds are kept. */
export interface FeedConfig {
  /** Above so many followers an actor is pulled, not pushed; back to push below 80 % of it. */
  readonly pushMaxFollowers: number;
  /** A timeline never has more entries; at this size it is trimmed by a tenth. */
  readonly timelineCapacity: number;
  /** Readers who were not seen for so long have no timeline kept. */
  readonly keepReaderDays: number;
  /** Readers whose timelines one statement writes, at most. */
  readonly readersPerSlice: number;
}

const DEFAULTS: FeedConfig = { pushMaxFollowers: 10_000, timelineCapacity: 1_000, keepReaderDays: 30, readersPerSlice: 5_000 };

/**
 * The defaults, with FEED_PUSH_MAX_FOLLOWERS out of the environment.
 * @throws Error with one line when that is no whole number.
 */
export function readFeedConfig(environment: Readonly<Record<string, string | undefined>>): FeedConfig {
  const given = environment['FEED_PUSH_MAX_FOLLOWERS'];
  if (given === undefined || given === '') return DEFAULTS;
  if (!/^\d{1,9}$/.test(given)) throw new Error(`FEED_PUSH_MAX_FOLLOWERS must be a whole number, not "${given}"`);
  return { ...DEFAULTS, pushMaxFollowers: Number(given) };
}
