import { invalid } from '@plaza/subgraph/user-errors';
import { notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const updateConversationPlace: NonNullable<MutationResolvers['updateConversationPlace']> = async (_parent, { input }, ctx) => {
  const seen = await ctx.loaders.conversation.load(uuidOf('conversation', input.conversationId));
  const change = { isMuted: input.isMuted ?? null, isPinned: input.isPinned ?? null };
  const outcome = await ctx.services.place.update(seen, change);
  ctx.forget();
  if (seen === null || outcome.kind === 'missing') return notFound('conversation');
  return outcome.kind === 'invalid' ? invalid(outcome.fields) : { __typename: 'UpdateConversationPlaceOk', conversation: seen };
};
