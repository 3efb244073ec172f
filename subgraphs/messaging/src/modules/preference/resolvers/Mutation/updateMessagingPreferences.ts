import { invalid } from '@plaza/subgraph/user-errors';
import type { MutationResolvers } from './../../../types.generated.js';

export const updateMessagingPreferences: NonNullable<MutationResolvers['updateMessagingPreferences']> = async (_parent, { input }, ctx) => {
  const { id } = ctx.talker;
  if (Object.values(input).every((value) => value == null)) return invalid([{ path: 'readReceipts', message: 'Say what is to change.' }]);
  const before = await ctx.loaders.messagingPreferences.load(id);
  const preferences = {
    readReceipts: input.readReceipts ?? before.readReceipts,
    typingIndicators: input.typingIndicators ?? before.typingIndicators,
    directMessagesFrom: input.directMessagesFrom ?? before.directMessagesFrom,
    presenceAudience: input.presenceAudience ?? before.presenceAudience,
  };
  await ctx.services.messagingPreferences.put(id, preferences);
  ctx.forget();
  return { __typename: 'UpdateMessagingPreferencesOk', preferences };
};
