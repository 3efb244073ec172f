import DataLoader from 'dataloader';
import type { HashtagStore } from './hashtag.store.js';

/** How many posts carry a hashtag: one statement for all of a request. */
export const hashtagCounts = (store: HashtagStore): DataLoader<string, number> =>
  new DataLoader(async (names) => {
    const counts = await store.counts(names);
    return names.map((name) => counts.get(name) ?? 0);
  });
