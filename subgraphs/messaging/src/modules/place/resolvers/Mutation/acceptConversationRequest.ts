import { notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const acceptConversationRequest: NonNullable<MutationResolvers['acceptConversationRequest']> = async (_parent, { input }, ctx) => {
  const seen = await ctx.loaders.conversation.load(uuidOf('conversation', input.conversationId));
  await ctx.services.place.accept(seen);
  ctx.forget();
  return seen === null ? notFound('conversation') : { __typename: 'AcceptConversationRequestOk', conversation: seen };
};
