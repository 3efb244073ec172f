import { notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from '../../../types.generated.js';

export const unmute: NonNullable<MutationResolvers['unmute']> = async (_parent, { input }, ctx) => {
  const userId = uuidOf('user', input.userId);
  const outcome = await ctx.services.mute.unmute(ctx.looker, userId);
  await ctx.forgetRelations(userId);
  return outcome.kind === 'done' ? { __typename: 'UnmuteOk', user: { userId } } : notFound('user');
};
