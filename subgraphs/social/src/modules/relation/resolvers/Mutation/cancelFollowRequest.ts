import { notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from '../../../types.generated.js';

export const cancelFollowRequest: NonNullable<MutationResolvers['cancelFollowRequest']> = async (_parent, { input }, ctx) => {
  const userId = uuidOf('user', input.userId);
  const outcome = await ctx.services.follow.cancelRequest(ctx.looker, userId);
  await ctx.forgetRelations(userId);
  return outcome.kind === 'done' ? { __typename: 'CancelFollowRequestOk', user: { userId } } : notFound('user');
};
