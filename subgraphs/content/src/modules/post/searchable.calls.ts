import { searchablePosts } from '@plaza/calls/contracts/search.calls';
import { answer, type CallHandler } from '@plaza/subgraph/call-handler';
import type { SearchableStore } from './searchable.store.js';

/** What an index asks about posts. */
export function searchableCalls(store: SearchableStore): readonly CallHandler[] {
  return [
    answer(searchablePosts, async ({ postIds }) => {
      const rows = await store.byIds([...new Set(postIds)]);
      return {
        posts: rows.map(({ entities, media, createdAt, ...row }) => ({
          ...row,
          createdAt: createdAt.toISOString(),
          hasLinks: entities.some(({ kind }) => kind === 'link'),
          hasMentions: entities.some(({ kind }) => kind === 'mention'),
          hashtags: [...new Set(entities.flatMap((entity) => (entity.kind === 'hashtag' ? [entity.name] : [])))],
          media: [...media],
        })),
      };
    }),
  ];
}
