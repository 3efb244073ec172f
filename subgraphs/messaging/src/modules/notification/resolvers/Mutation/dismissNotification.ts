import { idOf, notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const dismissNotification: NonNullable<MutationResolvers['dismissNotification']> = async (_parent, { input }, ctx) => {
  const notification = await ctx.loaders.notification.load(uuidOf('notification', input.notificationId));
  if (notification === null) return notFound('notification');
  await ctx.services.notification.dismiss(notification);
  return {
    __typename: 'DismissNotificationOk',
    notificationId: idOf('notification', notification.id),
    unreadNotificationCount: await ctx.unreadNotifications(),
  };
};
