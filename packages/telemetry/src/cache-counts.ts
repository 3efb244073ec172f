import { Counter, register } from 'prom-client';

/** What caches that live longer than a request remember. Each name is a label, so the list is closed; what bounds each stands in ARCHITECTURE.md. */
export type CacheName =
  | 'access_tokens'
  | 'operations'
  | 'plans'
  | 'blocks'
  | 'relations'
  | 'author_states'
  | 'playback'
  | 'subgraph_documents'
  | 'query_texts'
  | 'fetch_paths';

/** How often something was there that was asked for, and how often not. Whoever remembers adds to it: two numbers, so that counting costs nothing. */
export interface CacheCount {
  hits: number;
  misses: number;
}

const counts = new Map<CacheName, CacheCount>();

const requests = new Counter({
  name: 'plaza_cache_requests_total',
  help: 'Questions to what a process remembers; outcome "hit" or "miss".',
  registers: [],
  labelNames: ['cache', 'outcome'] as const,
  collect() {
    this.reset();
    for (const [cache, { hits, misses }] of counts) {
      this.inc({ cache, outcome: 'hit' }, hits);
      this.inc({ cache, outcome: 'miss' }, misses);
    }
  },
});
register.registerMetric(requests);

/** The count of all caches of this name in this process: asked for once, when the cache is made. */
export function cacheCount(name: CacheName): CacheCount {
  const known = counts.get(name);
  if (known !== undefined) return known;
  const count = { hits: 0, misses: 0 };
  counts.set(name, count);
  return count;
}
