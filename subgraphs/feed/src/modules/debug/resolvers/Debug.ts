import { fromTypeId } from '@plaza/kernel/type-id';
import { canSeeUser } from '@plaza/visibility/can-see';
import type { DebugResolvers } from './../../types.generated.js';

export const Debug: DebugResolvers = {
  fanout: async (_debug, { userId: id }, { people, services }) => {
    const userId = fromTypeId('user', id);
    if (userId === null || !canSeeUser(await people.sight(userId))) return null;
    return services.fanout.of(userId);
  },
};
