import { followSnapshot, relationEpochs, relations } from '@plaza/calls/contracts/social.calls';
import { answer, type CallHandler } from '@plaza/subgraph/call-handler';
import type { EpochStore } from './epoch.store.js';
import type { RelationStores } from './relation.loaders.js';

/** What other subgraphs and the gateway may ask of relations. */
export function relationCalls({ standings, follows, clock }: RelationStores, epochs: EpochStore): readonly CallHandler[] {
  return [
    answer(relationEpochs, async ({ userIds }) => ({
      epochs: [...(await epochs.of(userIds))].map(([userId, epoch]) => ({ userId, epoch })),
    })),
    answer(relations, async ({ userId, otherIds }) => {
      const found = await standings.between(userId, otherIds, clock.now());
      return {
        relations: found.map(({ otherId, isFollowing, isFollowedBy, blocks, isBlockedBy, mutes }) => ({
          otherId,
          isFollowing,
          isFollowedBy,
          blocks,
          isBlockedBy,
          mutes,
        })),
      };
    }),
    answer(followSnapshot, async ({ after, limit }) => {
      const rows = await follows.snapshot(after, limit);
      return {
        follows: rows.map((row) => ({ ...row, languages: [...row.languages], createdAt: row.createdAt.toISOString() })),
        nextAfter: rows.length < limit ? null : (rows.at(-1)?.id ?? null),
      };
    }),
  ];
}
