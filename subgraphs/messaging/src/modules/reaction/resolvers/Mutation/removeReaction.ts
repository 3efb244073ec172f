import { cannotWrite, notFound } from '../../../../results.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const removeReaction: NonNullable<MutationResolvers['removeReaction']> = async (_parent, { input }, ctx) => {
  const outcome = await ctx.services.reaction.remove(ctx.talker, await ctx.seenMessage(input.messageId), input.emoji);
  ctx.forget();
  if (outcome === 'notAllowed') return cannotWrite();
  const seen = outcome === 'missing' ? null : await ctx.seenMessage(input.messageId);
  return seen === null ? notFound('message') : { __typename: 'RemoveReactionOk', message: seen.message };
};
