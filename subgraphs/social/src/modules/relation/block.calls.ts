import { blocksOf } from '@plaza/calls/contracts/social.calls';
import { answer, type CallHandler } from '@plaza/subgraph/call-handler';
import type { EpochStore } from './epoch.store.js';
import type { RelationStores } from './relation.loaders.js';

/** Who may not be told of whose doings: asked by whoever tells many people at once. */
export function blockCalls({ blocks, mutes, clock }: RelationStores, epochs: EpochStore): readonly CallHandler[] {
  return [
    answer(blocksOf, async ({ users, heardIds }) => {
      const ids = users.map(({ userId }) => userId);
      // Before the sets: one that changes in between is read again by its next asker.
      const [current, muters] = await Promise.all([epochs.of(ids), mutes.muters(heardIds, clock.now())]);
      const now = users.map(({ userId, epoch: known }) => {
        const epoch = current.get(userId) ?? 0;
        return { userId, epoch, isKnown: epoch === known };
      });
      const sets = await blocks.around(now.filter(({ isKnown }) => !isKnown).map(({ userId }) => userId));
      return {
        users: now.map(({ userId, epoch, isKnown }) => ({ userId, epoch, otherIds: isKnown ? null : [...(sets.get(userId) ?? [])] })),
        muters: muters.map(({ userId, muterIds }) => ({ userId, muterIds: [...muterIds] })),
      };
    }),
  ];
}
