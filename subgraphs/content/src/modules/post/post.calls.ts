import { postSnapshot, postSubjects, visiblePosts } from '@plaza/calls/contracts/content.calls';
import type { People } from '@plaza/calls/people';
import { answer, type CallHandler } from '@plaza/subgraph/call-handler';
import type { RequestScope } from '@plaza/subgraph/request-scope';
import type { PostService } from './post.service.js';

/** What other subgraphs ask about posts. */
export function postCalls(posts: PostService, peopleOf: (scope: RequestScope) => People): readonly CallHandler[] {
  return [
    answer(visiblePosts, async ({ postIds }, scope) => {
      const seen = await posts.visibleHeads([...new Set(postIds)], peopleOf(scope));
      return { posts: seen.map(({ id: postId, authorId, audience }) => ({ postId, authorId, audience })) };
    }),
    answer(postSubjects, async ({ postIds }) => {
      const rows = await posts.subjects([...new Set(postIds)]);
      return {
        posts: rows.map(({ id: postId, entities, isSensitive, productIds }) => ({
          postId,
          isSensitive,
          hashtags: [...new Set(entities.flatMap((entity) => (entity.kind === 'hashtag' ? [entity.name] : [])))],
          links: [...new Set(entities.flatMap((entity) => (entity.kind === 'link' ? [entity.url] : [])))],
          productIds: [...new Set(productIds)],
        })),
      };
    }),
    answer(postSnapshot, async ({ after, limit }) => {
      const rows = await posts.snapshot(after, limit);
      return {
        posts: rows.map(({ id: postId, createdAt, ...row }) => ({ postId, createdAt: createdAt.toISOString(), ...row })),
        nextAfter: rows.length < limit ? null : (rows.at(-1)?.id ?? null),
      };
    }),
  ];
}
