import type { Asker, CallClient } from '@plaza/calls/call-client';
import { commentSnapshot, followRequestSnapshot, likeSnapshot } from '@plaza/calls/contracts/social.calls';
import type { Tx } from '@plaza/db/database';
import type { Clock } from '@plaza/kernel/clock';
import type { AskStore } from '../suggestion/ask.store.js';
import { eachPage, type RebuiltModel } from '../../rebuilt-model.js';
import { REACTIONS_MS, type ReactionStore } from './reaction.store.js';
import type { StandingStore } from './standing.store.js';
import type { TrendPostStore } from './trend-post.store.js';
import { MEMORY_MS } from './trend.policy.js';

const PAGE = 5_000;

export interface ReactionRebuildParts {
  readonly calls: CallClient;
  readonly reactions: ReactionStore;
  readonly posts: TrendPostStore;
  readonly standings: StandingStore;
  readonly asks: AskStore;
  readonly clock: Clock;
}

/**
 * Builds anew what trends and suggestions count. Trends themselves stay: their peaks are judged by what counts now, at the next pass, once owners
 * have been asked again.
 */
export class ReactionRebuild implements RebuiltModel {
  readonly #parts: ReactionRebuildParts;

  constructor(parts: ReactionRebuildParts) {
    this.#parts = parts;
  }

  async rebuild(tx: Tx, asker: Asker): Promise<void> {
    const { calls, reactions, posts, standings, asks, clock } = this.#parts;
    const now = clock.now().getTime();
    const since = new Date(now - REACTIONS_MS).toISOString();
    await reactions.empty(tx);
    await eachPage(
      (after: { postId: string; userId: string } | null) => calls.ask(likeSnapshot, { since, after, limit: PAGE }, asker),
      ({ likes }) =>
        reactions.add(
          tx,
          likes.map(({ postId, userId, createdAt }) => ({ postId, userId, kind: 'LIKE', sourceId: postId, at: createdAt })),
        ),
    );
    await eachPage(
      (after: string | null) => calls.ask(commentSnapshot, { since, after, limit: PAGE }, asker),
      ({ comments }) =>
        reactions.add(
          tx,
          comments.map(({ commentId, postId, authorId, createdAt }) => {
            return { postId, userId: authorId, kind: 'COMMENT', sourceId: commentId, at: createdAt };
          }),
        ),
    );
    await asks.empty(tx);
    await eachPage(
      (after: string | null) => calls.ask(followRequestSnapshot, { after, limit: PAGE }, asker),
      ({ requests }) => asks.add(tx, requests),
    );
    await posts.rebuild(tx, new Date(now - MEMORY_MS));
    await standings.rebuild(tx, new Date(now - MEMORY_MS));
  }
}
