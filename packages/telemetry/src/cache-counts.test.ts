import { expect, it } from 'vitest';
import { cacheCount } from './cache-counts.js';
import { metricsPage } from './metrics.js';

it('tells of each cache how often it had what was asked for, of all of one name together', async () => {
  const [one, other] = [cacheCount('plans'), cacheCount('plans')];
  one.hits += 3;
  other.misses += 1;
  cacheCount('blocks');
  // Twice: a page adds nothing to what the next one tells.
  await metricsPage();
  const { text } = await metricsPage();
  expect(text.split('\n').filter((line) => line.startsWith('plaza_cache_requests_total'))).toEqual([
    'plaza_cache_requests_total{cache="plans",outcome="hit"} 3',
    'plaza_cache_requests_total{cache="plans",outcome="miss"} 1',
    'plaza_cache_requests_total{cache="blocks",outcome="hit"} 0',
    'plaza_cache_requests_total{cache="blocks",outcome="miss"} 0',
  ]);
});
