import { idOf, notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const dismissNotificationRequest: NonNullable<MutationResolvers['dismissNotificationRequest']> = async (_parent, { input }, ctx) => {
  const userId = uuidOf('user', input.userId);
  const dismissing = await ctx.services.notificationSettings.dismiss(ctx.talker.id, userId);
  if (dismissing === 'missing') return notFound('notification request');
  return { __typename: 'DismissNotificationRequestOk', user: { id: idOf('user', userId) } };
};
