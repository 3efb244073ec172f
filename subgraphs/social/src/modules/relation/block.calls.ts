import { blocksOf } from '@plaza/calls/contracts/social.calls';
import { answer, type CallHandler } from '@plaza/subgraph/call-handler';
import type { RelationStores } from './relation.loaders.js';

/** Who may not be told of whose doings: asked by whoever tells many people at once. */
export function blockCalls({ blocks, mutes, clock }: RelationStores): readonly CallHandler[] {
  return [
    answer(blocksOf, async ({ users, heardIds }) => {
      const ids = users.map(({ userId }) => userId);
      // Before the sets: one that changes in between is read again by its next asker.
      const [epochs, muters] = await Promise.all([blocks.epochs(ids), mutes.muters(heardIds, clock.now())]);
      const now = users.map(({ userId, epoch }) => {
        const current = epochs.get(userId) ?? 0;
        return { userId, epoch: current, isKnown: current === epoch };
      });
      const sets = await blocks.around(now.filter(({ isKnown }) => !isKnown).map(({ userId }) => userId));
      return {
        users: now.map(({ userId, epoch, isKnown }) => ({ userId, epoch, otherIds: isKnown ? null : [...(sets.get(userId) ?? [])] })),
        muters: muters.map(({ userId, muterIds }) => ({ userId, muterIds: [...muterIds] })),
      };
    }),
  ];
}
