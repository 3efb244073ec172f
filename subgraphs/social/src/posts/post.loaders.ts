import type { Asker, CallClient } from '@plaza/calls/call-client';
import { MAX_IDS_PER_CALL } from '@plaza/calls/call-contract';
import { visiblePosts } from '@plaza/calls/contracts/content.calls';
import DataLoader from 'dataloader';
import type { VisiblePost } from '../looker.js';
import type { PostFlags, PostStat, PostStatStore } from './post-stat.store.js';

/** What a request knows of posts: whichever field asks, each kind of fact is one batch. */
export interface PostLoaders {
  /** Whether the viewer may see a post is content's to say. Null: missing or hidden. */
  readonly visible: DataLoader<string, VisiblePost | null>;
  readonly stats: DataLoader<string, PostStat>;
  readonly flags: DataLoader<string, PostFlags>;
}

export function postLoaders(asker: Asker, store: PostStatStore, calls: CallClient): PostLoaders {
  return {
    visible: new DataLoader(
      async (postIds) => {
        const { posts } = await calls.ask(visiblePosts, { postIds: [...postIds] }, asker);
        const byId = new Map(posts.map((post) => [post.postId, post]));
        return postIds.map((id) => byId.get(id) ?? null);
      },
      { maxBatchSize: MAX_IDS_PER_CALL },
    ),
    stats: new DataLoader(async (postIds) => {
      const byId = new Map((await store.byIds(postIds)).map((stat) => [stat.postId, stat]));
      return postIds.map((postId) => byId.get(postId) ?? { postId, likeCount: 0, commentCount: 0, repostCount: 0, activitySeq: 0 });
    }),
    flags: new DataLoader(async (postIds) => {
      const rows = asker.viewer === null ? [] : await store.flags(asker.viewer.id, postIds);
      const byId = new Map(rows.map((flags) => [flags.postId, flags]));
      return postIds.map((postId) => byId.get(postId) ?? { postId, hasLiked: false, hasReposted: false, hasBookmarked: false });
    }),
  };
}
