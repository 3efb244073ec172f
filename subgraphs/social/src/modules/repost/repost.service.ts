import { postReposted, repostUndone } from '@plaza/events/contracts/social.events';
import type { Outbox } from '@plaza/events/outbox';
import type { Looker } from '../../looker.js';
import type { PostChanges } from '../../posts/post-changes.js';
import { canRepost } from './repost.policy.js';
import type { RepostStore } from './repost.store.js';

export interface RepostParts {
  readonly changes: PostChanges;
  readonly outbox: Outbox;
  readonly reposts: RepostStore;
}

export type RepostOutcome = 'done' | 'missing' | 'notAllowed';

export class RepostService {
  readonly #parts: RepostParts;

  constructor(parts: RepostParts) {
    this.#parts = parts;
  }

  async repost(looker: Looker, postId: string): Promise<RepostOutcome> {
    const post = await looker.posts.load(postId);
    if (post === null) return 'missing';
    if (!canRepost(post)) return 'notAllowed';
    const { changes, outbox, reposts } = this.#parts;
    await changes.run(postId, async (tx, stats) => {
      const row = await reposts.insert(tx, { userId: looker.viewerId, postId, authorId: post.authorId });
      if (row === null) return;
      await stats.change(tx, postId, { reposts: 1 });
      const { userId, authorId, createdAt } = row;
      await outbox.append(tx, postReposted, { postId, authorId, userId, createdAt: createdAt.toISOString() });
    });
    return 'done';
  }

  async undo(looker: Looker, postId: string): Promise<Exclude<RepostOutcome, 'notAllowed'>> {
    const post = await looker.posts.load(postId);
    if (post === null) return 'missing';
    const { changes, outbox, reposts } = this.#parts;
    await changes.run(postId, async (tx, stats) => {
      if (!(await reposts.delete(tx, postId, looker.viewerId))) return;
      await stats.change(tx, postId, { reposts: -1 });
      await outbox.append(tx, repostUndone, { postId, authorId: post.authorId, userId: looker.viewerId });
    });
    return 'done';
  }
}
