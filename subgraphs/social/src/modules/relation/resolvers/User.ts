import { pageRequest } from '@plaza/kernel/page';
import { fromTypeId } from '@plaza/kernel/type-id';
import { canSeeUser } from '@plaza/visibility/can-see';
import type { Context } from '../../../context.js';
import { idOf } from '../../../results.js';
import type { UserResolvers } from '../../types.generated.js';
import type { UserMapper } from '../schema.mappers.js';
import { userConnection } from '../user-connection.js';

/** Whoever does not exist for the viewer has nothing here. */
const ifSeen = async <T>({ userId }: UserMapper, ctx: Context, read: () => Promise<T>): Promise<T | null> =>
  canSeeUser(await ctx.loaders.people.sight(userId)) ? read() : null;

export const User: UserResolvers = {
  __resolveReference: ({ id }) => {
    const userId = fromTypeId('user', id);
    return userId === null ? null : { userId };
  },
  id: ({ userId }) => idOf('user', userId),
  followerCount: (user, _args, ctx) => ifSeen(user, ctx, async () => (await ctx.loaders.relation.stats.load(user.userId)).followerCount),
  followingCount: (user, _args, ctx) => ifSeen(user, ctx, async () => (await ctx.loaders.relation.stats.load(user.userId)).followingCount),
  followers: (user, args, ctx) =>
    ifSeen(user, ctx, async () => userConnection(await ctx.loaders.relation.users('followers', pageRequest(args), user.userId))),
  following: (user, args, ctx) =>
    ifSeen(user, ctx, async () => userConnection(await ctx.loaders.relation.users('following', pageRequest(args), user.userId))),
  viewerRelation: async ({ userId }, _args, { viewer, loaders }) => {
    if (viewer === null || viewer.id === userId) return null;
    // Side by side: whether they may be seen and how they stand is then one statement for all, whatever of it is known already.
    const [standing, sight] = await Promise.all([loaders.standing.standings.load(userId), loaders.people.sight(userId)]);
    return canSeeUser(sight) ? standing : null;
  },
};
