import { notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from '../../../types.generated.js';

export const rejectFollowRequest: NonNullable<MutationResolvers['rejectFollowRequest']> = async (_parent, { input }, ctx) => {
  const userId = uuidOf('user', input.userId);
  const outcome = await ctx.services.follow.rejectRequest(ctx.looker, userId);
  await ctx.forgetRelations(userId);
  return outcome.kind === 'done' ? { __typename: 'RejectFollowRequestOk', user: { userId } } : notFound('follow request');
};
