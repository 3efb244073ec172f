import { postLiked, postUnliked } from '@plaza/events/contracts/social.events';
import type { Outbox } from '@plaza/events/outbox';
import type { Looker } from '../../looker.js';
import type { PostChanges } from '../../posts/post-changes.js';
import type { LikeStore } from './like.store.js';

export interface LikeParts {
  readonly changes: PostChanges;
  readonly outbox: Outbox;
  readonly likes: LikeStore;
}

export type LikeOutcome = 'done' | 'missing';

/** Likes of posts: row, count, place in the activity and event change together, under the post's row lock. */
export class LikeService {
  readonly #parts: LikeParts;

  constructor(parts: LikeParts) {
    this.#parts = parts;
  }

  async like(looker: Looker, postId: string): Promise<LikeOutcome> {
    const post = await looker.posts.load(postId);
    if (post === null) return 'missing';
    const { changes, outbox, likes } = this.#parts;
    await changes.run(postId, async (tx, stats) => {
      if (!(await likes.insert(tx, postId, looker.viewerId))) return;
      await stats.happened(tx, postId, { kind: 'POST_LIKED', actorId: looker.viewerId }, { likes: 1 });
      await outbox.append(tx, postLiked, { postId, authorId: post.authorId, userId: looker.viewerId });
    });
    return 'done';
  }

  async unlike(looker: Looker, postId: string): Promise<LikeOutcome> {
    const post = await looker.posts.load(postId);
    if (post === null) return 'missing';
    const { changes, outbox, likes } = this.#parts;
    await changes.run(postId, async (tx, stats) => {
      if (!(await likes.delete(tx, postId, looker.viewerId))) return;
      await stats.happened(tx, postId, { kind: 'POST_UNLIKED', actorId: looker.viewerId }, { likes: -1 });
      await outbox.append(tx, postUnliked, { postId, authorId: post.authorId, userId: looker.viewerId });
    });
    return 'done';
  }
}
