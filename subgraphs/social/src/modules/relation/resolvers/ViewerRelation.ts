import { badUserInput } from '@plaza/kernel/fault';
import type { ViewerRelationResolvers } from '../../types.generated.js';

const MAX_KNOWN = 10;

export const ViewerRelation: ViewerRelationResolvers = {
  isMutual: ({ isFollowing, isFollowedBy }) => isFollowing && isFollowedBy,
  followRequested: ({ hasAsked }) => hasAsked,
  isBlocking: ({ blocks }) => blocks,
  isMuting: ({ mutes }) => mutes,
  knownFollowers: async ({ otherId }, { first }, { loaders }) => {
    if (first < 0 || first > MAX_KNOWN) throw badUserInput(`first must be from 0 to ${MAX_KNOWN}.`);
    return (await loaders.relation.knownFollowers(first, otherId)).map((userId) => ({ userId }));
  },
};
