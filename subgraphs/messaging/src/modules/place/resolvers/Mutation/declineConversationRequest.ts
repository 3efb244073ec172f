import { idOf, notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const declineConversationRequest: NonNullable<MutationResolvers['declineConversationRequest']> = async (_parent, { input }, ctx) => {
  const seen = await ctx.loaders.conversation.load(uuidOf('conversation', input.conversationId));
  const outcome = await ctx.services.place.decline(seen);
  ctx.forget();
  if (seen === null || outcome === 'missing') return notFound('conversation');
  return { __typename: 'DeclineConversationRequestOk', conversationId: idOf('conversation', seen.id) };
};
