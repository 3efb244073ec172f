import { postAttention } from '@plaza/calls/contracts/search.calls';
import { answer, type CallHandler } from '@plaza/subgraph/call-handler';
import type { PostStatStore } from './post-stat.store.js';

/** How much people have done with posts, for whoever orders them by it. */
export function attentionCalls(stats: PostStatStore): readonly CallHandler[] {
  return [
    answer(postAttention, async ({ postIds }) => ({
      posts: (await stats.byIds(postIds)).map(({ postId, likeCount, commentCount, repostCount }) => ({
        postId,
        count: likeCount + commentCount + repostCount,
      })),
    })),
  ];
}
