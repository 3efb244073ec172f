import { toTypeId } from '@plaza/kernel/type-id';
import { badUserInput } from '@plaza/kernel/fault';
import { canSeeWorkOf } from '@plaza/visibility/can-see';
import type { ReactionResolvers } from './../../types.generated.js';

export const Reaction: ReactionResolvers = {
  users: async ({ userIds }, { first }, { people }) => {
    if (first < 0 || first > 20) throw badUserInput('first: from 0 to 20.');
    const sights = await people.sights(userIds);
    return userIds
      .filter((id) => {
        const sight = sights.get(id);
        return sight !== undefined && canSeeWorkOf(sight);
      })
      .slice(0, first)
      .map((id) => ({ id: toTypeId('user', id) }));
  },
};
