import { notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from '../../../types.generated.js';

export const acceptFollowRequest: NonNullable<MutationResolvers['acceptFollowRequest']> = async (_parent, { input }, ctx) => {
  const userId = uuidOf('user', input.userId);
  const outcome = await ctx.services.follow.acceptRequest(ctx.looker, userId);
  await ctx.forgetRelations(userId);
  return outcome.kind === 'done' ? { __typename: 'AcceptFollowRequestOk', user: { userId } } : notFound('follow request');
};
