/**
 * For an LRUCache: what nobody asks for in five minutes is stale, to be let go by `purgeStale()` where something new is put in. A store that was
 * filled by one who is gone is as it was before.
 */
export const IDLE = { ttl: 300_000, updateAgeOnGet: true, ttlResolution: 1_000, perf: { now: () => performance.now() } } as const;
