import { notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from '../../../types.generated.js';

export const unfollow: NonNullable<MutationResolvers['unfollow']> = async (_parent, { input }, ctx) => {
  const userId = uuidOf('user', input.userId);
  const outcome = await ctx.services.follow.unfollow(ctx.looker, userId);
  await ctx.forgetRelations(userId);
  return outcome.kind === 'done' ? { __typename: 'UnfollowOk', user: { userId } } : notFound('user');
};
