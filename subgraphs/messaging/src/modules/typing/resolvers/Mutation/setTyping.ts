import { cannotWrite, notFound, uuidOf } from '../../../../results.js';
import { TYPING_HOLDS_MS } from '../../typing.service.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const setTyping: NonNullable<MutationResolvers['setTyping']> = async (_parent, { input }, ctx) => {
  const seen = await ctx.loaders.conversation.load(uuidOf('conversation', input.conversationId));
  const { typingIndicators } = await ctx.loaders.messagingPreferences.load(ctx.talker.id);
  const outcome = await ctx.services.typing.set(ctx.talker, seen, input.isTyping ?? true, typingIndicators);
  if (outcome === 'missing') return notFound('conversation');
  return outcome === 'notAllowed' ? cannotWrite() : { __typename: 'SetTypingOk', holdsMs: TYPING_HOLDS_MS };
};
