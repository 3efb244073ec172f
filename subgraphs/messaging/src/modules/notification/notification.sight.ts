import { idOf } from '../../results.js';
import type { InboxSight } from '../../told.js';

/** As it is now; whoever may not see it any more is told nothing. */
export const seeNotification: InboxSight = async ({ thingId }, cursor, { loaders }) => {
  const notification = thingId === null ? null : await loaders.notification.load(thingId);
  return notification && { __typename: 'NotificationAdded', cursor, notification };
};

export const seeNotificationRemoved: InboxSight = async ({ thingId }, cursor) =>
  thingId === null ? null : { __typename: 'NotificationRemoved', cursor, notificationId: idOf('notification', thingId) };
