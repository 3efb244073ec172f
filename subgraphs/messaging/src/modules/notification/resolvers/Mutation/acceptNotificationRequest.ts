import { notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const acceptNotificationRequest: NonNullable<MutationResolvers['acceptNotificationRequest']> = async (_parent, { input }, ctx) => {
  const accepting = await ctx.services.notificationSettings.accept(ctx.talker.id, uuidOf('user', input.userId));
  if (accepting === 'missing') return notFound('notification request');
  return { __typename: 'AcceptNotificationRequestOk', unreadNotificationCount: await ctx.unreadNotifications() };
};
