import { notAllowed, notFound } from '../../../../results.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const deleteMessage: NonNullable<MutationResolvers['deleteMessage']> = async (_parent, { input }, ctx) => {
  const seen = await ctx.seenMessage(input.messageId);
  const outcome = await ctx.services.revision.delete(ctx.talker, seen, input.forEverybody ?? false);
  ctx.forget();
  if (seen === null || outcome === 'missing') return notFound('message');
  if (outcome === 'notAllowed') return notAllowed('You cannot delete this message for everybody.');
  return { __typename: 'DeleteMessageOk', conversation: seen.conversation, seq: seen.message.seq };
};
