import { notFound, uuidOf } from '../../../../results.js';
import type { MutationResolvers } from './../../../types.generated.js';

export const markNotificationsRead: NonNullable<MutationResolvers['markNotificationsRead']> = async (_parent, { input }, ctx) => {
  const { id } = ctx.talker;
  const upTo = input.upTo == null ? null : await ctx.loaders.notification.load(uuidOf('notification', input.upTo));
  if (input.upTo != null && upTo === null) return notFound('notification');
  await ctx.services.notification.markRead(id, upTo);
  return { __typename: 'MarkNotificationsReadOk', unreadNotificationCount: await ctx.unreadNotifications() };
};
