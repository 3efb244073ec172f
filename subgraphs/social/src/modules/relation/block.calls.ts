import { blocksOf } from '@plaza/calls/contracts/social.calls';
import { answer, type CallHandler } from '@plaza/subgraph/call-handler';
import type { BlockStore } from './block.store.js';

/** Who may not be told of whose doings: asked by whoever tells many people at once. */
export function blockCalls(blocks: BlockStore): readonly CallHandler[] {
  return [
    answer(blocksOf, async ({ users }) => {
      const ids = users.map(({ userId }) => userId);
      // Before the sets: one that changes in between is read again by its next asker.
      const epochs = await blocks.epochs(ids);
      const now = users.map(({ userId, epoch }) => {
        const current = epochs.get(userId) ?? 0;
        return { userId, epoch: current, isKnown: current === epoch };
      });
      const sets = await blocks.around(now.filter(({ isKnown }) => !isKnown).map(({ userId }) => userId));
      return {
        users: now.map(({ userId, epoch, isKnown }) => ({ userId, epoch, otherIds: isKnown ? null : [...(sets.get(userId) ?? [])] })),
      };
    }),
  ];
}
